import assert from "node:assert/strict";
import { before, test } from "node:test";
import { writeOnnx } from "@foveajs/graph";
import { alignFace } from "../data/crops.ts";
import { resize } from "../image/resize.ts";
import { loadModel, type ModelBytes } from "../model/load.ts";
import { createModel } from "../model/network.ts";
import { fileOf, livelyGraph, noisePicture, tinyClassifier, tinyDetector } from "../model/tiny.test.support.ts";
import { probabilitiesOf } from "../tasks/classification.ts";
import { taskSchema } from "../tasks/table.ts";
import { createFacePipeline, type FacePipelineOptions } from "./pipeline.ts";
import { type Face, facePointNames } from "./types.ts";

let fresh: ModelBytes; // finds nothing
let lively: ModelBytes; // finds anything
let expression: ModelBytes;

before(async () => {
  const { graph } = createModel(tinyDetector.spec, tinyDetector.preprocessing);
  fresh = { name: "fresh.onnx", bytes: await fileOf(tinyDetector, { graph }) };
  lively = { name: "lively.onnx", bytes: await fileOf(tinyDetector) };
  expression = { name: "expression.onnx", bytes: await fileOf(tinyClassifier) };
});

const open = (options: FacePipelineOptions) => createFacePipeline({ threads: 1, ...options });

/** Every number of a face's place. */
const placeOf = ({ box, points }: Face): number[] => [
  box.x,
  box.y,
  box.width,
  box.height,
  ...facePointNames.flatMap((name) => points[name]),
];

test("a detector that sees no face gives none, and the crop reader is not asked", async () => {
  const pipeline = await open({ detector: fresh, reader: expression });
  assert.deepEqual(await pipeline.analyze(noisePicture(90, 60)), []);
  assert.equal(pipeline.device, "cpu, 1 thread");
  await pipeline.dispose();
});

test("at threshold 0 there is much to find, from the highest score down, with five named points", async () => {
  const pipeline = await open({ detector: fresh });
  const faces = await pipeline.analyze(noisePicture(90, 60), { threshold: 0 });
  assert.ok(faces.length > 20, `${faces.length}`);
  faces.forEach(({ score, points, box, readings }, index) => {
    assert.ok(score > 0 && score < 1 && score <= (faces[index - 1]?.score ?? 1));
    assert.deepEqual(Object.keys(points), [...facePointNames]);
    assert.ok(
      [box.x, box.y, ...Object.values(points).flat()].every(Number.isFinite) && box.width > 0 && box.height > 0,
    );
    assert.deepEqual(readings, {});
  });
  assert.ok(!("landmarks" in faces[0]!));
  await pipeline.dispose();
});

test("places are pixels of the picture, however large it is and however it was reduced", async () => {
  const pipeline = await open({ detector: lively });
  const photo = noisePicture(1280, 640);
  for (const [options, width] of [
    [{}, 640],
    [{ maxSide: 320 }, 320],
  ] as const) {
    const small = resize(photo, { width, height: width / 2, filter: tinyDetector.preprocessing.filter });
    const factor = 1280 / width;
    const [large, reference] = await Promise.all([
      pipeline.analyze(photo, { ...options, threshold: 0.01 }),
      pipeline.analyze(small, { threshold: 0.01 }),
    ]);
    assert.ok(large.length > 10);
    assert.deepEqual(
      large.map(({ score }) => score),
      reference.map(({ score }) => score),
    );
    large.forEach((face, index) => {
      const expected = placeOf(reference[index]!);
      placeOf(face).forEach((value, at) => {
        assert.ok(Math.abs(value - factor * expected[at]!) < 1e-6 * Math.abs(value) + 1e-6);
      });
    });
  }
  // and not in the middle of nowhere: some are in the right half of the picture
  assert.ok((await pipeline.analyze(photo, { threshold: 0.01 })).some(({ box }) => box.x > 700));
  await pipeline.dispose();
});

test("a crowd is read in parts: each face has its own expression, whose scores sum to 1", async () => {
  const pipeline = await open({ detector: lively, reader: expression });
  const picture = noisePicture(320, 256);
  const found = await pipeline.analyze(picture, { threshold: 0.01 });
  const faces = found.filter(({ readings }) => readings.expression);
  assert.ok(faces.length > 130, `${faces.length}: three parts`);
  const reader = await loadModel(expression.bytes, { name: "x", threads: 1 });
  const [task] = reader.card.tasks;
  assert.ok(task?.kind === "classification");
  for (const [index, { readings, points }] of faces.entries()) {
    const told = readings.expression;
    const scores = Object.values(told!.scores);
    assert.deepEqual(Object.keys(told!.scores), ["calm", "glad", "cross"]);
    assert.ok(Math.abs(scores.reduce((a, b) => a + b) - 1) < 1e-9);
    assert.equal(told!.scores[told!.label], Math.max(...scores));
    if (![0, 63, 64, 129].includes(index) && index !== faces.length - 1) continue;
    const crop = alignFace(
      picture,
      facePointNames.map((name) => points[name]),
      { width: 24, height: 24 },
    );
    const { outputs } = await reader.run([crop]);
    const expected = probabilitiesOf(outputs.expression!.data as Float32Array, task);
    scores.forEach((score, at) => {
      assert.ok(Math.abs(score - expected[at]!) < 1e-5, `face ${index}: ${scores}, alone ${expected}`);
    });
  }
  assert.ok(new Set(faces.map(({ readings }) => readings.expression!.scores.calm!.toFixed(4))).size > 10);
  await Promise.all([pipeline.dispose(), reader.dispose()]);
});

test("a find whose points fall together is told without an expression, and costs the others nothing", async () => {
  // an untrained head: where no unit is active all points are where the cell is
  const pipeline = await open({ detector: lively, reader: expression });
  const faces = await pipeline.analyze(noisePicture(320, 256), { threshold: 0.01 });
  const extent = ({ points }: Face) => {
    const places = facePointNames.map((name) => points[name]);
    return Math.max(
      ...[0, 1].map((axis) => Math.max(...places.map((at) => at[axis]!)) - Math.min(...places.map((at) => at[axis]!))),
    );
  };
  const untold = faces.filter(({ readings }) => !readings.expression);
  assert.ok(untold.length > 0 && untold.length < faces.length);
  for (const face of untold) assert.ok(extent(face) < 3, `${extent(face)}`);
  for (const face of faces.filter((other) => extent(other) > 4)) assert.ok(face.readings.expression);
  await pipeline.dispose();
});

test("grey and BGR pictures, a single pixel and a very long one are looked at all the same", async () => {
  const pipeline = await open({ detector: lively, reader: expression });
  for (const picture of [
    noisePicture(40, 40, { order: "gray" }),
    noisePicture(40, 40, { order: "bgr" }),
    noisePicture(1, 1),
    noisePicture(2000, 3),
  ]) {
    for (const face of await pipeline.analyze(picture, { threshold: 0.01 }))
      assert.ok(placeOf(face).every(Number.isFinite));
  }
  const rgb = noisePicture(40, 40);
  const bgr = {
    ...rgb,
    order: "bgr" as const,
    data: rgb.data.map((_, index) => rgb.data[index + 2 - 2 * (index % 3)]!),
  };
  assert.deepEqual(await pipeline.analyze(bgr, { threshold: 0.01 }), await pipeline.analyze(rgb, { threshold: 0.01 }));
  await pipeline.dispose();
});

test("a model without the task, or whose points are not five, is refused by name", async () => {
  const code = "vision/card-task";
  await assert.rejects(open({ detector: expression }), {
    code,
    message: /tiny.*detection of 5 points.*classification/,
  });
  await assert.rejects(open({ detector: fresh, reader: lively }), { code, message: /classification.*detection/ });
  const model = {
    ...tinyDetector,
    spec: { ...tinyDetector.spec, tasks: [taskSchema.parse({ kind: "detection", name: "faces", points: 3 })] },
  };
  await assert.rejects(open({ detector: { name: "three", bytes: await fileOf(model) } }), {
    code,
    message: /of 5 points.*of 3 points/,
  });
});

test("bytes that are no model are refused, whichever of the two they are", async () => {
  const bare = { name: "bare.onnx", bytes: writeOnnx(livelyGraph(tinyClassifier)) };
  await assert.rejects(open({ detector: fresh, reader: bare }), {
    code: "vision/card-missing",
    message: /bare\.onnx/,
  });
  await assert.rejects(open({ detector: bare, reader: expression }), { code: "vision/card-missing" });
  await assert.rejects(open({ detector: { name: "none", bytes: new Uint8Array(9) }, reader: bare }), {
    code: /^graph\// as unknown as string,
  });
});

test("a stop is obeyed, and a pipeline that was disposed of, twice even, does nothing more", async () => {
  const pipeline = await open({ detector: lively, reader: expression });
  await assert.rejects(pipeline.analyze(noisePicture(9, 9), { signal: AbortSignal.abort() }), { name: "AbortError" });
  assert.ok(Array.isArray(await pipeline.analyze(noisePicture(9, 9))));
  await Promise.all([pipeline.dispose(), pipeline.dispose()]);
  await assert.rejects(pipeline.analyze(noisePicture(9, 9)), { code: "graph/session-disposed" });
});

test("what is told of every face is known before any picture, and of what nobody measured where it is from", async () => {
  const { crop: _, ...whole } = tinyClassifier.preprocessing;
  const tasks = [
    { kind: "classification", name: "eye", labels: ["closed", "open"], region: "eye" },
    { kind: "regression", name: "affect", values: ["valence"], derived_from: "the votes" },
    { kind: "regression", name: "body", values: ["age"] },
    { kind: "landmarks", name: "points", scheme: "ibug68", features: 4 },
    { kind: "classification", name: "smile", labels: ["no", "yes"] },
  ].map((task) => taskSchema.parse(task));
  const bytes = await fileOf({ spec: { ...tinyClassifier.spec, tasks }, preprocessing: whole });
  const pipeline = await open({ detector: lively, reader: { name: "reader.onnx", bytes } });
  assert.deepEqual(pipeline.told, [
    { kind: "class", name: "smile", labels: ["no", "yes"], of: "face" },
    { kind: "value", name: "valence", derivedFrom: "the votes" },
    { kind: "value", name: "age" },
    { kind: "landmarks", name: "landmarks", count: 68 },
    { kind: "class", name: "eye", labels: ["closed", "open"], of: "eyes" },
  ]);
  const [face] = await pipeline.analyze(noisePicture(300, 300), { threshold: 0.01 });
  assert.deepEqual(Object.keys(face!.values), ["valence", "age"]);
  assert.deepEqual(face!.derived, { valence: "the votes" });
  await pipeline.dispose();
  const bare = await open({ detector: lively });
  assert.deepEqual(bare.told, []);
  assert.ok(!("derived" in (await bare.analyze(noisePicture(300, 300), { threshold: 0.01 }))[0]!));
  await bare.dispose();
});
