import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { createRandom } from "./augment/random.ts";
import { memoryDataset } from "./data/memory.ts";
import { createFacePipeline } from "./face/pipeline.ts";
import type { Face } from "./face/types.ts";
import { decode } from "./image/decode.ts";
import type { Image } from "./image/image.ts";
import { findChromium, openPages, type Pages } from "./page.test.support.ts";
import type { TrainingEvent } from "./training/events.ts";
import { parseRecipe } from "./training/recipe.ts";
import { measurers, tinyRecipe } from "./training/tiny-run.test.support.ts";
import { trainAtHand } from "./training/train-at-hand.ts";

/** Kernels of wasm and of the CPU add in different orders; 20 steps of a small net do not amplify that much. */
const LOSS_TOLERANCE = 1e-4;
/** Pixels of boxes and points, shares of scores: outputs of a few units differ by less. */
const FACE_TOLERANCE = 1e-3;

const root = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const files = {
  "astronaut.jpg": root("examples/astronaut.jpg"),
  "face-detector.onnx": root("models/face-detector.onnx"),
  "expression.onnx": root("models/expression.onnx"),
};

/** The page's half of each test, as people write it. */
const program = `
import { setSessionLocation } from "@foveajs/graph";
import * as vision from "./browser.js";
setSessionLocation("/ort/");
vision.setCodecLocation("/codecs/");
const file = async (name) => new Uint8Array(await (await fetch("/files/" + name)).arrayBuffer());
globalThis.faces = async ({ threads }) => {
  const model = async (name) => ({ name, bytes: await file(name) });
  const pipeline = await vision.createFacePipeline({
    detector: await model("face-detector.onnx"),
    reader: await model("expression.onnx"),
    threads,
  });
  const photo = new File([await file("astronaut.jpg")], "astronaut.jpg");
  const faces = await pipeline.analyze(await vision.imageOf(photo));
  const bitmap = await createImageBitmap(photo);
  const drawn = await pipeline.analyze(await vision.imageOf(bitmap));
  await pipeline.dispose();
  return { faces, drawn };
};
const accuracy = () => ({});
const measurers = {
  classification: accuracy, detection: accuracy, landmarks: accuracy, multilabel: accuracy, ordinal: accuracy, regression: accuracy,
};
globalThis.learn = async ({ text, images, stopAt, start }) => {
  const controller = new AbortController();
  const samples = images.map(({ data, ...image }, index) => ({
    image: { ...image, data: Uint8Array.from(data) },
    labels: { shape: { kind: "class", index: index % 2 } },
    split: index < 64 ? "train" : "valid",
  }));
  const dataset = vision.memoryDataset({ name: "shapes", samples, classes: { shape: ["bars", "discs"] } });
  const losses = {};
  const kinds = [];
  try {
    const options = { datasets: [dataset], run: "runs/tiny", start, threads: 1, signal: controller.signal, measurers };
    for await (const event of vision.trainAtHand(vision.parseRecipe(text, "tiny"), options)) {
      if (event.type === "step") losses[event.step] = event.loss;
      if (event.type === "step" && event.step === stopAt) controller.abort();
      kinds.push(event.type);
      if (event.type === "done") return { losses, kinds, sha256: event.sha256 };
    }
  } catch (error) {
    return { losses, kinds, code: error.code };
  }
};
globalThis.ready = true;
`;

const side = 16;

/** A bright bar or disc anywhere on a dark picture. */
function drawing(index: number): Image {
  const random = createRandom("page", index);
  const [x, y] = [random.uniform(5, 11), random.uniform(5, 11)];
  const data = Uint8Array.from({ length: side * side }, (_, at) => {
    const [across, down] = [(at % side) + 0.5 - x, Math.floor(at / side) + 0.5 - y];
    const isInside = index % 2 === 1 ? Math.hypot(across, down) < 4 : Math.abs(across) < 1.5;
    return Math.max(0, Math.min(255, (isInside ? 190 : 60) + random.normal(0, 20)));
  });
  return { width: side, height: side, order: "gray", data };
}

const images = Array.from({ length: 80 }, (_, index) => drawing(index));
// four steps an epoch: 20 steps; JSON is YAML too
const text = JSON.stringify({
  ...tinyRecipe,
  data: { ...tinyRecipe.data, sets: [{ reader: "memory", folder: "shapes" }] },
  training: {
    ...tinyRecipe.training,
    epochs: 5,
    groups: [{ optimizer: "adamw", rate: 0.01, roles: ["hidden", "edge", "vector"] }],
  },
});

interface Learned {
  readonly losses: Readonly<Record<string, number>>;
  readonly kinds: readonly TrainingEvent["type"][];
  readonly sha256?: string;
  readonly code?: string;
}

const chromium = findChromium();
const skip = chromium ? false : "no Chromium: name it with FOVEA_CHROMIUM";

describe("in a page", { skip }, () => {
  let pages: Pages;
  before(async () => {
    pages = await openPages(chromium!, program, files);
  });
  after(() => pages?.close());

  const call = async <Result>(page: Page, name: string, argument: unknown): Promise<Result> =>
    page.evaluate(
      ([wanted, given]) =>
        (globalThis as unknown as Record<string, (argument: unknown) => Result>)[wanted as string]!(given),
      [name, argument] as const,
    );

  test("the same photograph shows the same faces as in Node", async () => {
    const model = (name: keyof typeof files) => ({ name, bytes: readFileSync(files[name]) });
    const pipeline = await createFacePipeline({
      detector: model("face-detector.onnx"),
      reader: model("expression.onnx"),
      threads: 1,
    });
    const expected = await pipeline.analyze(await decode(readFileSync(files["astronaut.jpg"])));
    await pipeline.dispose();
    assert.equal(expected.length, 1);
    const page = await pages.open();
    const { faces, drawn } = await call<{ faces: Face[]; drawn: Face[] }>(page, "faces", { threads: 2 });
    assert.deepEqual(namesOf(faces), namesOf(expected));
    const [received, wanted] = [numbersOf(faces), numbersOf(expected)];
    assert.ok(wanted.length > 20, `${wanted.length} numbers`);
    assert.equal(received.length, wanted.length);
    for (const [index, value] of received.entries())
      assert.ok(Math.abs(value - wanted[index]!) < FACE_TOLERANCE, `${value}, expected ${wanted[index]}`);
    // the browser's own decoder differs by a few bytes, which moves a box by less than a pixel
    assert.ok(drawn.length === 1 && Math.abs(drawn[0]!.box.x - expected[0]!.box.x) < 1, JSON.stringify(drawn));
    await page.close();
  });

  test("a training has the losses that it has in Node, and goes on after a reload as if nothing had been", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fovea-page-run-"));
    const expected: Record<string, number> = {};
    const dataset = memoryDataset({
      name: "shapes",
      samples: images.map((image, index) => ({
        image,
        labels: { shape: { kind: "class", index: index % 2 } },
        split: index < 64 ? "train" : "valid",
      })),
      classes: { shape: ["bars", "discs"] },
    });
    const options = { datasets: [dataset], run: folder, start: "auto", threads: 1, measurers } as const;
    for await (const event of trainAtHand(parseRecipe(text, "tiny"), {
      ...options,
      signal: new AbortController().signal,
    }))
      if (event.type === "step") expected[event.step] = event.loss;
    await rm(folder, { recursive: true });
    const given = { text, images: images.map((image) => ({ ...image, data: [...image.data] })) };
    const whole = await pages.open();
    const { losses, kinds, sha256 } = await call<Learned>(whole, "learn", { ...given, start: "fresh" });
    assert.equal(Object.keys(losses).length, 20);
    assert.deepEqual([kinds[0], kinds.at(-1)], ["start", "done"]);
    for (const [step, loss] of Object.entries(expected))
      assert.ok(Math.abs(losses[step]! - loss) < LOSS_TOLERANCE, `step ${step}: ${losses[step]}, in Node ${loss}`);
    assert.ok(losses[20]! < 0.7 * losses[1]!, JSON.stringify(losses));
    assert.equal((await call<Learned>(whole, "learn", { ...given, start: "auto" })).code, "vision/run-finished");
    const stopped = await call<Learned>(whole, "learn", { ...given, start: "fresh", stopAt: 7 });
    assert.deepEqual([stopped.code, Object.keys(stopped.losses).length], ["vision/training-stopped", 7]);
    await whole.reload();
    await whole.waitForFunction(() => "ready" in globalThis);
    const rest = await call<Learned>(whole, "learn", { ...given, start: "resume" });
    assert.equal(Object.keys(rest.losses)[0], "8");
    assert.deepEqual({ ...stopped.losses, ...rest.losses }, losses);
    assert.equal(rest.sha256, sha256);
    await whole.close();
  });
});

const namesOf = (faces: readonly Face[]) =>
  faces.map(({ readings }) => Object.entries(readings).map(([name, { label }]) => `${name}: ${label}`));

const numbersOf = (faces: readonly Face[]): number[] =>
  faces.flatMap(({ box, score, points, readings }) => [
    ...Object.values(box),
    score,
    ...Object.values(points).flat(),
    ...Object.values(readings).flatMap(({ scores }) => Object.values(scores)),
  ]);
