import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { OwnRequest, TrainingEvent } from "@foveajs/vision";
import type { TrainingOptions } from "../context.ts";
import { runOperation } from "../operation.ts";
import { fakeContext } from "./fake-context.test.support.ts";
import { train } from "./train.ts";

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-train-"));
  await writeFile(join(folder, "tiny.onnx"), "");
});
after(() => rm(folder, { recursive: true, force: true }));

const proposal: TrainingEvent = {
  type: "proposal",
  recipe: "runs/x/recipe.yaml",
  notes: [{ what: "size", value: "64 pixels", why: "so" }],
  skipped: [{ picture: "a.jpg", reason: "it is empty" }],
};

/** What the trainer is asked for by an input, and what comes back. */
async function asked(input: object): Promise<{ options: TrainingOptions; results: unknown[] }> {
  let options: TrainingOptions | undefined;
  const context = fakeContext({
    folders: [{ path: folder, origin: "user" }],
    parts: {
      readCard: async () => ({ summary: "", tasks: [], licence: "", sources: [], results: [] }),
      async *train(given) {
        options = given;
        yield proposal;
      },
    },
  });
  const results: unknown[] = [];
  for await (const result of runOperation(train, input, context)) results.push(result);
  return { options: options!, results };
}

test("a recipe goes to the trainer as its path", async () => {
  const { options } = await asked({ recipe: "r.yaml", fresh: true });
  assert.deepEqual([options.recipe, options.start], ["r.yaml", "fresh"]);
});

test("pictures of one's own become a request; only what was told is in it", async () => {
  const { options, results } = await asked({ images: "pets" });
  assert.deepEqual(options.recipe, { layout: "images", path: "pets", minutes: 10 } satisfies OwnRequest);
  assert.deepEqual(results, [proposal]);
  assert.deepEqual(train.output.parse(results[0]), proposal);
  const all = await asked({
    csv: "t.csv",
    task: ["a=b"],
    groupBy: "person",
    groupRun: 3,
    noFlip: true,
    minutes: 2,
    from: "tiny",
    features: "x",
    freeze: ["stem"],
    name: "pets",
  });
  assert.deepEqual(all.options.recipe, {
    layout: "csv",
    path: "t.csv",
    minutes: 2,
    tasks: ["a=b"],
    groupBy: "person",
    groupRun: 3,
    flip: false,
    from: join(folder, "tiny.onnx"),
    features: "x",
    freeze: ["stem"],
    name: "pets",
  } satisfies OwnRequest);
});

test("neither, both, and flags that do not go together are refused", async () => {
  for (const [input, message] of [
    [{}, /expected a recipe, or one of --images, --coco, --yolo, --voc, --csv; received none/],
    [{ recipe: "r.yaml", images: "x" }, /received a recipe and --images/],
    [{ coco: "x", yolo: "y" }, /received --coco and --yolo/],
    [{ recipe: "r.yaml", groupBy: "x" }, /--group-by goes with pictures of your own/],
    [{ images: "x", flip: true, noFlip: true }, /exclude each other/],
    [{ images: "x", freeze: ["stem"] }, /go with --from/],
    [{ images: "x", minutes: 0 }, /minutes/],
  ] as const) {
    await assert.rejects(asked(input), (error: Error & { code?: string }) => {
      assert.equal(error.code, "operations/bad-input");
      assert.match(error.message, message);
      return true;
    });
  }
});
