import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryDataset } from "../data/memory.ts";
import type { Dataset } from "../data/types.ts";
import { noisePicture } from "../model/tiny.test.support.ts";
import { createLoader } from "./loader.ts";
import { planOf } from "./plan.ts";
import { parseRecipe } from "./recipe.ts";
import { openSource } from "./sources.ts";
import { tinyRecipe } from "./tiny-run.test.support.ts";

const dataset = memoryDataset({
  name: "mine",
  classes: { shape: ["bars", "discs"] },
  samples: Array.from({ length: 36 }, (_, index) => ({
    image: noisePicture(16, 16, { order: "gray", seed: index }),
    labels: { shape: { kind: "class", index: index % 2 } as const },
  })),
});
const { recipe } = parseRecipe(
  JSON.stringify({ ...tinyRecipe, data: { ...tinyRecipe.data, sets: [{ reader: "memory", folder: "mine" }] } }),
  "tiny",
);
const plan = planOf(recipe, 36);

test("batches of a set at hand are the source's samples with the batch innermost, from any step on", async () => {
  const source = await openSource(recipe, [dataset]);
  const loader = createLoader(recipe, plan, { dataFolders: [dataset], first: 3 });
  for (const step of [3, 4, 5]) {
    const tensors = await loader.batch(step);
    for (const sample of [0, 7, 15]) {
      const drawn = await source.draw(step * 16 + sample, plan.sizeAt(step));
      for (const [at, values] of drawn.entries())
        assert.deepEqual(
          tensors[at]!.filter((_, index) => index % 16 === sample),
          values,
          `step ${step}, tensor ${at}`,
        );
    }
  }
  await loader.dispose();
});

test("a picture that cannot be loaded is told with its step; other work has its turn meanwhile", async () => {
  let turns = 0;
  const counting = setInterval(() => turns++, 1);
  const broken: Dataset = {
    ...dataset,
    load: async (sample) => {
      if (sample.id === "20") throw new Error("gone");
      const until = performance.now() + 2;
      while (performance.now() < until);
      return dataset.load(sample);
    },
  };
  const loader = createLoader(recipe, plan, { dataFolders: [broken], first: 0 });
  // an epoch has 36 samples: one of its batches holds the broken one
  const outcomes = await Promise.allSettled([0, 1, 2].map((step) => loader.batch(step)));
  assert.ok(outcomes.some((outcome) => outcome.status === "rejected" && outcome.reason.message === "gone"));
  await loader.dispose();
  clearInterval(counting);
  assert.ok(turns > 2, `${turns} turns`);
});

test("a set that is not at hand is told", async () => {
  await assert.rejects(async () => openSource(recipe, ["/nowhere"]), { code: "vision/recipe-data" });
  const { openDataSet } = await import("./browser-data-sets.ts");
  await assert.rejects(openDataSet({ reader: "memory", folder: "other", options: {} }, [dataset]), {
    code: "vision/recipe-data",
    message: /mine/,
  });
});
