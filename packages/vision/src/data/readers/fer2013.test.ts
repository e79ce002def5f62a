import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { decode } from "../../image/decode.ts";
import { needs, sharedData } from "../shared.test.support.ts";
import type { Dataset, Split } from "../types.ts";
import { ferPlusClasses } from "./fer-plus.ts";
import { openDataset } from "./table.ts";

const path = sharedData("fer2013");

/** Samples of a part by the class that is likeliest, in class order. */
function countsOf({ samples }: Dataset, split: Split): number[] {
  const counts = ferPlusClasses.map(() => 0);
  for (const sample of samples) {
    const label = sample.labels.expression!;
    if (sample.split !== split) continue;
    const index = label.kind === "class" ? label.index : label.kind === "distribution" ? argmax(label.values) : -1;
    counts[index]!++;
  }
  return counts;
}

const argmax = (values: readonly number[]) => values.indexOf(Math.max(...values));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

// Counts by fer-plus.reference.py, with near copies and uncertain votes left out.
test("training with votes has the rows of the official rules", needs("fer2013"), async () => {
  const dataset = await openDataset("fer2013", path, { expect: { train: 25_776, valid: 3_033, test: 0 } });
  assert.deepEqual(countsOf(dataset, "valid"), [1142, 841, 363, 332, 269, 21, 54, 11]);
  const train = dataset.samples.filter(({ split }) => split === "train");
  const soft = train.filter(({ labels: { expression: label } }) => {
    assert.equal(label?.kind, "distribution");
    assert.ok(Math.abs(sum(label.values) - 1) < 1e-12);
    return Math.max(...label.values) < 1;
  });
  assert.deepEqual(countsOf(dataset, "train"), [9643, 7217, 2888, 3127, 2118, 130, 518, 135]);
  assert.equal(soft.length, 8_213);
  assert.equal(new Set(dataset.samples.map(({ id }) => id)).size, dataset.samples.length);
});

// Counts and means by fer-plus.reference.py.
test("valence and arousal are derived from the votes of every picture", needs("fer2013"), async () => {
  const { samples } = await openDataset("fer2013", path);
  const valid = samples.filter(({ split }) => split === "valid");
  const pairs = valid.map(({ labels: { affect } }) => {
    assert.equal(affect?.kind, "values");
    return affect.values;
  });
  const told = pairs.filter((pair) => pair.every(Number.isFinite));
  assert.deepEqual([pairs.length - told.length, told.length], [11, 3_022]);
  for (const [axis, expected] of [0.13860197309676237, 0.25960393227443057].entries()) {
    assert.ok(Math.abs(sum(told.map((pair) => pair[axis]!)) / told.length - expected) < 1e-12);
  }
});

test("training by majority has the rows of the official rules", needs("fer2013"), async () => {
  const dataset = await openDataset("fer2013", path, { options: { labels: "majority" } });
  assert.deepEqual(countsOf(dataset, "train"), [8319, 7010, 2554, 2742, 1854, 88, 426, 99]);
});

// Counts of the whole of FER+ by the official rules; this folder lacks 1,487 training and 182 validation rows.
const whole = {
  majority: [8740, 7287, 3149, 3014, 2100, 119, 532, 119],
  votes: [10122, 7503, 3524, 3430, 2407, 169, 641, 160],
  valid: [1182, 865, 415, 351, 287, 24, 62, 13],
};

for (const labels of ["majority", "votes"] as const) {
  test(`${labels}: no class has more rows than the whole of FER+, and not too few`, needs("fer2013"), async () => {
    const options = { labels, near_publictest: "keep", jpeg_recovered: "keep" };
    const dataset = await openDataset("fer2013", path, { options });
    for (const [split, expected, removed] of [
      ["train", whole[labels], 1487],
      ["valid", whole.valid, 182],
    ] as const) {
      const counts = countsOf(dataset, split);
      for (const [i, count] of counts.entries())
        assert.ok(count <= expected[i]!, `${split} ${ferPlusClasses[i]}: ${count}`);
      assert.ok(sum(counts) >= sum(expected) - removed, `${split}: ${sum(counts)}`);
    }
  });
}

test("a tile is that part of its sheet", needs("fer2013"), async () => {
  const dataset = await openDataset("fer2013", path);
  const sample = dataset.samples.find(({ image }) => image.tile!.x === 48 * 49 && image.tile!.y === 48 * 7)!;
  const sheet = await decode(await readFile(sample.image.file), { colors: "gray" });
  const tile = await dataset.load(sample);
  assert.deepEqual([tile.width, tile.height, tile.order], [48, 48, "gray"]);
  for (let y = 0; y < 48; y++) {
    const from = (48 * 7 + y) * sheet.width + 48 * 49;
    assert.deepEqual(tile.data.slice(48 * y, 48 * (y + 1)), sheet.data.slice(from, from + 48));
  }
});

test("a missing folder, an unknown option and a wrong count say what is wrong", needs("fer2013"), async () => {
  await assert.rejects(openDataset("fer2013", "/nowhere"), { code: "vision/data-missing" });
  await assert.rejects(openDataset("fer2013", path, { options: { labels: "most" } }), {
    code: "vision/data-reader",
    message: /option labels/,
  });
  await assert.rejects(openDataset("fer2013", path, { expect: { train: 1 } }), {
    code: "vision/data-count",
    message: /expected 1 samples, received 25776/,
  });
  await assert.rejects(openDataset("fer2014", path), { code: "vision/data-reader", message: /received fer2014/ });
});
