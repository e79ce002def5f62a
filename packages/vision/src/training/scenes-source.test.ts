import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parse, stringify } from "yaml";
import { needs, sharedData } from "../data/shared.test.support.ts";
import { loaderThreads } from "./loader.ts";
import { parseRecipe } from "./recipe.ts";
import { openSource } from "./sources.ts";

const path = new URL("../../../../recipes/face-detector/recipe.yaml", import.meta.url);
const sets = ["face_scenes", "no_face", "coco_mini", "trashnet", "mtfl", "landmarks68"];

/** The source of the shipped detector's recipe with other data fields. */
async function sourceWith(change: (data: Record<string, never>) => Record<string, unknown>) {
  const recipe = parse(await readFile(path, "utf8"));
  const changed = { ...recipe, data: { ...recipe.data, ...change(recipe.data) } };
  return openSource(parseRecipe(stringify(changed), "changed").recipe, [join(sharedData("x"), "..")]);
}

test("cut-outs that are held out are the same tenth of people each time, and not drawn", needs(...sets), async () => {
  const held = async (share: number) => {
    const source = await sourceWith(() => ({ cutouts: [{ reader: "mtfl", folder: "mtfl", hold_out: share }] }));
    const { samples } = source.datasets.find(({ name }) => name === "mtfl")!;
    const valid = samples.filter(({ split }) => split === "valid");
    const train = new Set(samples.filter(({ split }) => split === "train").map(({ group }) => group));
    assert.ok(valid.every(({ group }) => !train.has(group)));
    return { share: valid.length / samples.length, ids: valid.map(({ id }) => id).join() };
  };
  assert.equal((await held(0)).share, 0);
  const [first, again] = [await held(0.1), await held(0.1)];
  assert.ok(Math.abs(first.share - 0.1) < 0.01, `${first.share}`);
  assert.equal(first.ids, again.ids);
});

test("false finds are looked up by the set's folder; of another set they are refused", needs(...sets), async () => {
  const folder = await mkdtemp(join(tmpdir(), "scenes-"));
  try {
    const listOf = async (set: string) => {
      const file = join(folder, `${set}.json`);
      const finds = { [set]: { "cardboard/none.jpg": [[1, 2, 30, 30, 0.4]] } };
      await writeFile(file, JSON.stringify({ detector: "", least_score: 0.2, finds }));
      return sourceWith(() => ({ false_finds: { file, share: 0.2 } }));
    };
    await assert.rejects(listOf("elsewhere"), { code: "vision/data-count", message: /elsewhere/ });
    const source = await listOf("trashnet");
    await assert.rejects(source.draw(0, { width: 96, height: 96 }), {
      code: "vision/data-count",
      message: /none\.jpg/,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("batches are made by one thread on two cores, by two from four on", () => {
  assert.deepEqual([1, 2, 3, 4, 16].map(loaderThreads), [1, 1, 1, 2, 2]);
});
