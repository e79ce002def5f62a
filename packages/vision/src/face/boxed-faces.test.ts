import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { boxOfFivePoints, faceGeometry, fivePointsInBox } from "../data/five-points.ts";
import { readImage } from "../image/read.ts";
import { createBoxedFaceReader } from "./boxed-faces.ts";
import { createFacePipeline } from "./pipeline.ts";

const root = new URL("../../../../", import.meta.url);
const model = async (name: string) => ({ name, bytes: await readFile(new URL(`models/${name}.onnx`, root)) });

test("the points that are supposed in a box have that box, and stand level", () => {
  const box = { x: 12, y: -3, width: 160, height: 196 };
  const points = fivePointsInBox(box);
  const again = boxOfFivePoints(points);
  for (const side of ["x", "y", "width", "height"] as const)
    assert.ok(Math.abs(again[side] - box[side]) < 1e-9, `${side} ${again[side]}`);
  assert.equal(faceGeometry(points).roll, 0);
  assert.ok(Math.abs(faceGeometry(points).size - 100) < 1e-9);
});

test("a face that was found is read by its box alone as the pipeline reads it", async () => {
  const [detector, reader] = await Promise.all([model("face-detector"), model("face-reader")]);
  const [pipeline, boxed] = await Promise.all([
    createFacePipeline({ detector, reader, threads: 1 }),
    createBoxedFaceReader({ reader, threads: 1 }),
  ]);
  const image = await readImage(new URL("examples/astronaut.jpg", root).pathname);
  const [found] = await pipeline.analyze(image);
  const [face] = await boxed.read(image, [found!.box]);
  const size = faceGeometry(Object.values(found!.points)).size;
  assert.equal(face!.landmarks!.length, 68);
  // the second look starts from points that a first look found: a tenth of the face apart at most
  face!.landmarks!.forEach(([x, y], index) => {
    const [otherX, otherY] = found!.landmarks![index]!;
    assert.ok(Math.hypot(x - otherX, y - otherY) < 0.1 * size, `${index}`);
  });
  assert.equal(face!.readings.smile!.label, found!.readings.smile!.label);
  assert.deepEqual(await boxed.read(image, []), []);
  await Promise.all([pipeline.dispose(), boxed.dispose()]);
});
