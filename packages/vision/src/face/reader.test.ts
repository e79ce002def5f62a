import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Session } from "@foveajs/graph";
import { faceTransform, ferFraming } from "../data/crops.ts";
import { faceGeometry } from "../data/five-points.ts";
import { pointSchemes } from "../data/point-schemes.ts";
import { applyAffine } from "../image/affine.ts";
import type { Point } from "../image/image.ts";
import { loadModel, type ModelBytes } from "../model/load.ts";
import { fileOf, noisePicture, type TinyModel, tinyClassifier } from "../model/tiny.test.support.ts";
import { probabilitiesOf } from "../tasks/classification.ts";
import { fiveOf } from "../tasks/landmarks.ts";
import { taskSchema } from "../tasks/table.ts";
import { eyeCrop } from "./eyes.ts";
import { openReader } from "./reader.ts";

const tasks = [
  { kind: "classification", name: "smile", labels: ["no", "yes"], temperature: 2 },
  { kind: "regression", name: "affect", values: ["valence", "arousal"] },
  { kind: "landmarks", name: "points", scheme: "ibug68", features: 4 },
  { kind: "classification", name: "eye", labels: ["closed", "open"], region: "eye" },
].map((task) => taskSchema.parse(task));
const { crop: _, ...whole } = tinyClassifier.preprocessing;
const tiny: TinyModel = { spec: { ...tinyClassifier.spec, tasks }, preprocessing: whole };
// large, since points of an untrained network lie close together and eyes of a few pixels are not looked at
const picture = noisePicture(1600, 1280);
/** Where faces of this size might be, level. */
const five = (x: number, y: number, size: number): Point[] => [
  [x - size / 3, y - size / 3],
  [x + size / 3, y - size / 3],
  [x, y],
  [x - size / 4, y + size / 3],
  [x + size / 4, y + size / 3],
];
const faces = [five(700, 600, 12_000), five(900, 700, 15_000)];

let file: ModelBytes;
before(async () => {
  file = { name: "tiny.onnx", bytes: await fileOf(tiny) };
});

test("everything that its tasks tell is read: classes, values, points, and each eye by its own crop", async () => {
  const reader = await openReader(file, { threads: 1 });
  assert.deepEqual(
    reader.told.map(({ name }) => name),
    ["smile", "valence", "arousal", "landmarks", "eye"],
  );
  const read = await reader.read(picture, faces, { eyes: true });
  const model = await loadModel(file.bytes, { name: "tiny", threads: 1 });
  for (const face of read) {
    assert.ok(face);
    assert.deepEqual(Object.keys(face.values), ["valence", "arousal"]);
    assert.equal(face.landmarks!.length, 68);
    assert.deepEqual(face.five, fiveOf(face.landmarks!, "ibug68"));
    for (const [side, points] of [
      ["left", pointSchemes.ibug68.five[0]],
      ["right", pointSchemes.ibug68.five[1]],
    ] as const) {
      const crop = eyeCrop(
        picture,
        points.map((index) => face.landmarks![index]!),
        24,
      );
      const { outputs } = await model.run([crop]);
      const eye = tasks[3];
      assert.ok(eye?.kind === "classification");
      const expected = probabilitiesOf(outputs.eye!.data as Float32Array, eye);
      Object.values(face.eyes.eye![side].scores).forEach((score, index) => {
        assert.ok(Math.abs(score - expected[index]!) < 1e-5);
      });
    }
  }
  assert.notDeepEqual(read[0], read[1]);
  await Promise.all([reader.dispose(), model.dispose()]);
});

test("eyes are left alone where nobody asks, and a face without extent is not read", async () => {
  const reader = await openReader(file, { threads: 1 });
  const nowhere: Point[] = new Array(5).fill([20, 20]);
  const [plain, none] = await reader.read(picture, [faces[0]!, nowhere], { eyes: false });
  assert.deepEqual([plain!.eyes, none], [{}, undefined]);
  const [small] = await reader.read(picture, [five(100, 100, 4)], { eyes: true });
  assert.deepEqual([small!.eyes, small!.landmarks!.length], [{}, 68]);
  assert.deepEqual(await reader.read(picture, [], { eyes: true }), []);
  await reader.dispose();
});

test("a face alone and in company is read alike, and moves with the picture", async () => {
  const reader = await openReader(file, { threads: 1 });
  const together = await reader.read(picture, faces, { eyes: true });
  for (const [index, face] of faces.entries()) {
    const [alone] = await reader.read(picture, [face], { eyes: true });
    alone!.landmarks!.forEach(([x, y], at) => {
      const [otherX, otherY] = together[index]!.landmarks![at]!;
      assert.ok(Math.abs(x - otherX) < 0.5 && Math.abs(y - otherY) < 0.5);
    });
  }
  await reader.dispose();
});

test("only a face whose landmarks differ from the detector's points, and have not lost it, is cut out again by them", async () => {
  const pointsTask = taskSchema.parse({ kind: "landmarks", name: "points", scheme: "five", features: 4 });
  const side = tiny.preprocessing.width;
  const bytes = await fileOf({ ...tiny, spec: { ...tiny.spec, tasks: [pointsTask] } });
  const where = five(700, 600, 90);
  const level = applyAffine(faceTransform(where, { width: side, height: side }), where);
  // a reader that sees each face in turn so many sizes to the right of where it was looked for, as often as it looks
  const shifts = [0.05, 0.2, 0.8];
  const runs: number[] = [];
  const perSize = side / ferFraming.width;
  const session: Session = {
    device: "cpu",
    inputNames: ["image"],
    outputNames: ["points"],
    async run({ image }) {
      const count = image!.shape[0]!;
      runs.push(count);
      const seen = count === 3 ? shifts : shifts.slice(1, 2);
      const data = seen.flatMap((shift) => level.flatMap(([x, y]) => [(x + shift * perSize) / side, y / side]));
      return { points: { dtype: "float32", shape: [count, 10], data: Float32Array.from(data) } };
    },
    dispose: async () => {},
  };
  const reader = await openReader({ name: "tiny.onnx", bytes }, { openSession: async () => session });
  const read = await reader.read(picture, [where, where, where], { eyes: false });
  const { size, middle } = faceGeometry(where);
  const moved = read.map((face) => (faceGeometry(face!.five!).middle[0] - middle[0]) / size);
  assert.deepEqual(runs, [3, 1]);
  [0.05, 0.4, 0.8].forEach((expected, index) => {
    assert.ok(Math.abs(moved[index]! - expected) < 1e-5, `${moved}`);
  });
  await reader.dispose();
});

// By hand: an eye of width 20, turned by a right angle, in the middle of a picture whose rows tell their height.
test("an eye's crop is centred on its points, turned level, and as wide as one and a half eyes", () => {
  const size = 90;
  const data = Uint8Array.from({ length: size * size }, (_, i) => Math.floor(i / size) * 2);
  const image = { width: size, height: size, order: "gray", data } as const;
  const down: Point[] = [0, 4, 8, 20, 8, 4].map((along, i) => [
    45 + (i === 1 || i === 2 ? 3 : i > 3 ? -3 : 0),
    35 + along,
  ]);
  const middle = down.reduce((sum, [, y]) => sum + y, 0) / 6;
  const crop = eyeCrop(image, down, 30);
  // across the crop one goes down the picture, a pixel at a time, since 30 pixels show 1.5 * 20
  const row = [...crop.data.subarray(15 * 30, 16 * 30)];
  row.forEach((value, x) => {
    assert.ok(Math.abs(value - 2 * (middle - 15 + x)) <= 2, `column ${x}: ${value}`);
  });
  assert.deepEqual([crop.width, crop.height], [30, 30]);
  assert.equal(eyeCrop(image, new Array<Point>(6).fill([5, 5]), 8).width, 8);
});
