// Compared with the operation `analyze` on the same file, and with the library's own pictures.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Analysis, createNodeContext, nodeParts, operations, runOperation } from "@foveajs/operations";
import { makeFolder, photograph } from "../server.test.support.ts";
import { createExecutor, type Executor, type Outcome } from "./executor.ts";
import type { AnalyzeAnswer, Job } from "./jobs.ts";

let place: Awaited<ReturnType<typeof makeFolder>>;
let executor: Executor;
let bytes: Buffer;
const setup = { threads: 1, remotes: {}, card_remotes: {}, pixels: 512 * 512, faces: 1 };
before(async () => {
  place = await makeFolder();
  bytes = await photograph();
  executor = createExecutor({ ...setup, models: place.models });
});
after(async () => {
  await executor.dispose();
  await place.remove();
});

async function run(jobs: readonly Job[], which = executor): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  await which.execute(
    jobs.map((job) => ({ job, signal: new AbortController().signal })),
    (index, outcome) => {
      outcomes[index] = outcome;
    },
  );
  return outcomes;
}
const answered = (outcome: Outcome | undefined) => {
  assert.ok(outcome && "answer" in outcome, JSON.stringify(outcome));
  return outcome;
};
const analyzeJob = (more: object = {}): Job =>
  ({ kind: "analyze", bytes, name: "a.jpg", input: {}, withheld: [], ...more }) as Job;

test("the same faces as `fovea analyze` tells of the same file", async () => {
  const file = join(place.folder, "a.jpg");
  await writeFile(file, bytes);
  const context = createNodeContext({ signal: new AbortController().signal, progress: () => {} });
  const told: Analysis[] = [];
  for await (const result of runOperation(operations[0], { files: [file], models: place.models, threads: 1 }, context))
    told.push(result as Analysis);
  const { answer, stages } = answered((await run([analyzeJob()]))[0]);
  const { analysis } = answer as AnalyzeAnswer;
  assert.deepEqual({ ...analysis, milliseconds: 0 }, { ...told[0], file: "a.jpg", milliseconds: 0 });
  assert.ok(stages.decode! > 0 && stages.inference! > 0);
});

test("the detector alone reads nothing; what is withheld is neither told nor drawn", async () => {
  const [found] = await run([analyzeJob({ kind: "detect" })]);
  assert.deepEqual(Object.keys((answered(found).answer as AnalyzeAnswer).analysis.faces[0]!).sort(), [
    "box",
    "points",
    "score",
  ]);
  const withheld = ["expression", "valence", "arousal"];
  const draw = async (more: object) =>
    answered((await run([analyzeJob({ overlay: "png", ...more })]))[0]).answer as AnalyzeAnswer;
  const [whole, held, unread] = [await draw({}), await draw({ withheld }), await draw({ kind: "detect" })];
  assert.equal(held.analysis.faces[0]!.expression, undefined);
  assert.notDeepEqual(held.overlay, whole.overlay);
  // with nothing read there is nothing to draw but what the detector says
  assert.deepEqual(held.overlay, unread.overlay);
  const picture = await nodeParts.decodeImage(held.overlay!, { name: "overlay" });
  assert.ok(picture.width >= 512);
});

test("what a withheld number was worked out from is withheld too", async () => {
  const face = {
    box: { x: 1, y: 2, width: 30, height: 40 },
    score: 0.9,
    points: { left_eye: [1, 2], right_eye: [3, 4], nose: [5, 6], left_mouth: [7, 8], right_mouth: [9, 10] },
    readings: {},
    values: { valence: 0.5, arousal: 0.25 },
    eyes: {},
    derived: { valence: "the votes", arousal: "the votes" },
  } as const;
  const pipeline = { device: "fake", told: [], analyze: async () => [face], dispose: async () => {} };
  const fake = createExecutor(
    { ...setup, models: place.models },
    { parts: { ...nodeParts, createFacePipeline: async () => pipeline } },
  );
  const derivedOf = async (withheld: readonly string[]) => {
    const { answer } = answered((await run([analyzeJob({ withheld })], fake))[0]);
    return (answer as AnalyzeAnswer).analysis.faces[0]!.derived;
  };
  assert.deepEqual(await derivedOf([]), face.derived);
  assert.deepEqual(await derivedOf(["valence"]), { arousal: "the votes" });
  assert.equal(await derivedOf(["valence", "arousal"]), undefined);
  await fake.dispose();
});

test("a picture beyond the limits is refused with the limit, before it is decoded", async () => {
  const small = createExecutor({ ...setup, models: place.models, pixels: 1000 });
  const [outcome] = await run([analyzeJob()], small);
  assert.ok("error" in outcome!);
  assert.equal(outcome.error.code, "vision/image-too-large");
  await small.dispose();
  const crowded = createExecutor({ ...setup, models: place.models, faces: 0 });
  const [many] = await run([analyzeJob()], crowded);
  assert.ok("error" in many!);
  assert.deepEqual(
    [many.error.code, many.error.message],
    ["server/too-many-faces", "a.jpg: expected at most 0 faces in a picture, found 1."],
  );
  await crowded.dispose();
  const [unknown] = await run([analyzeJob({ input: { only: "moods" } })]);
  assert.ok("error" in unknown!);
  assert.equal(unknown.error.code, "operations/unknown-reading");
});

test("pictures of one batch are predicted together, and one that is broken fails alone", async () => {
  const predict = (data: Uint8Array, name: string): Job => ({
    kind: "predict",
    model: "expression",
    bytes: data,
    name,
  });
  const outcomes = await run([predict(bytes, "a"), predict(Buffer.from("text"), "b"), predict(bytes, "c")]);
  assert.ok("error" in outcomes[1]!);
  assert.equal(outcomes[1].error.code, "vision/image-unknown-format");
  const [a, c] = [answered(outcomes[0]).answer, answered(outcomes[2]).answer] as unknown as {
    prediction: { expression: { scores: Record<string, number> } };
  }[];
  assert.deepEqual(a, c);
  const { scores } = a!.prediction.expression;
  assert.ok(Math.abs(Object.values(scores).reduce((sum, p) => sum + p, 0) - 1) < 1e-6);
});

test("a model that there is not, and one that is none, are the model's errors", async () => {
  await writeFile(join(place.models, "broken.onnx"), "no model");
  for (const [model, code] of [
    ["none", /missing-model/],
    ["broken", /^graph\//],
  ] as const) {
    const [outcome] = await run([{ kind: "infer", model, feeds: {} }]);
    assert.ok("error" in outcome!);
    assert.match(outcome.error.code, code);
  }
});
