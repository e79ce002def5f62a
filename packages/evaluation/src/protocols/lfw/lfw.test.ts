// Expected scores from fixtures/lfw.py (scikit-learn, numpy, scipy); the others by hand.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { VerificationTest } from "../protocol.ts";
import { filesInMemory } from "../release-files.ts";
import { readSimilarityPredictions } from "../similarity-predictions.ts";
import { bestThreshold, foldScores, meanFoldAccuracy, standardError } from "./fold-accuracy.ts";
import { lfw } from "./lfw.ts";
import { linkedPeople } from "./linked-people.ts";
import { readLfw } from "./release.ts";

const reference = JSON.parse(readFileSync(new URL("../../../fixtures/lfw.json", import.meta.url), "utf8")) as {
  readonly labels: string;
  readonly predictions: string;
  readonly thresholds: readonly number[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly at_5_percent: { readonly threshold: number; readonly far: number; readonly frr: number };
};
const options = { seed: 1, resamples: 200 };

async function read(labels = reference.labels, part?: string): Promise<VerificationTest> {
  const found = await lfw.read(filesInMemory({ "pairs.csv": labels }), part === undefined ? {} : { part });
  assert.ok(found.kind === "verification");
  return found;
}
const answersOf = (from: VerificationTest, text = reference.predictions) =>
  readSimilarityPredictions(text, from, "p.csv");

test("the reference's scores, within 1e-12; the split says which folds it has", async () => {
  const from = await read();
  assert.deepEqual([from.split.name, from.split.count], ["view2_folds_1-4", 240]);
  const { missed, metrics } = from.score(answersOf(from), options);
  assert.equal(missed, 2);
  assert.deepEqual(Object.keys(metrics).sort(), Object.keys(reference.metrics).sort());
  for (const [name, expected] of Object.entries(reference.metrics)) {
    const { value, interval } = metrics[name]!;
    assert.ok(Math.abs(value - expected) < 1e-12, `${name}: expected ${expected}, received ${value}`);
    if (name !== "standard_error") assert.ok(interval[0] <= value && value <= interval[1], name);
  }
});

test("the order of rows and of the pictures of a pair changes nothing, distances are similarities turned round", async () => {
  const [once, turned] = [await read(), await read(reversed(reference.labels))];
  assert.deepEqual(turned.split, once.split);
  const scored = JSON.stringify(once.score(answersOf(once), options));
  assert.equal(JSON.stringify(turned.score(answersOf(turned, reversed(reference.predictions)), options)), scored);
  const swapped = reference.predictions.replace(/^(images[^,]+),([^,]+),/gm, "$2,$1,");
  assert.equal(JSON.stringify(once.score(answersOf(once, swapped), options)), scored);
  const far = reference.predictions
    .replace("similarity", "distance")
    .replace(/,(-?)([\d.]+)$/gm, (_, sign, value) => `,${sign === "-" ? "" : "-"}${value}`);
  assert.equal(
    JSON.stringify(once.score(answersOf(once, far), options).metrics),
    JSON.stringify(once.score(answersOf(once), options).metrics),
  );
});

test("folds by range: one fold has no accuracy, since there is no other to choose the threshold on", async () => {
  const two = await read(reference.labels, "folds_1-2");
  assert.deepEqual([two.split.name, two.split.count], ["folds_1-2", 120]);
  // rows of the other folds are passed over
  assert.equal(two.score(answersOf(two), options).missed, 2);
  const one = await read(reference.labels, "folds_3");
  const { accuracy, roc_auc } = one.score(answersOf(one), options).metrics;
  assert.match(accuracy!.reason!, /one fold/);
  assert.ok(roc_auc!.value > 0.5);
  await assert.rejects(read(reference.labels, "folds_7-9"), { code: "evaluation/unknown-part" });
});

test("a threshold for a rate of false accepts, and the rates at it", async () => {
  const from = await read();
  const { threshold, far, frr } = reference.at_5_percent;
  const chosen = from.thresholdFor(answersOf(from), { target: 0.05 });
  assert.deepEqual(chosen, { value: threshold, reached: far });
  const { metrics } = from.score(answersOf(from), { ...options, threshold: chosen.value });
  assert.deepEqual([metrics.false_accept_rate?.value, metrics.false_reject_rate?.value], [far, frr]);
});

test("predictions that do not fit the split are refused by line and column", async () => {
  const from = await read();
  const [header = "", first = "", ...rest] = reference.predictions.trim().split("\n");
  const refused = (lines: readonly string[], code: string, message: RegExp) =>
    assert.throws(() => answersOf(from, [header, ...lines].join("\n")), { code: `evaluation/${code}`, message });
  refused(rest, "missing-rows", /1 have none, the first is "images\/P1_1_0_0001.jpg images\/P1_1_0_0002.jpg"/);
  refused([first, first, ...rest], "table-cell", /line 3, column "image_a".*each pair once/);
  refused([`x${first}`, ...rest], "table-cell", /column "image_a".*a picture of the pairs/);
  refused([first.replace(/[^,]+$/, "alike"), ...rest], "table-cell", /column "similarity".*a number/);
  assert.throws(() => answersOf(from, "image_a,image_b,score\n"), { code: "evaluation/table-format" });
});

test("the threshold with the most right answers, the strictest of several, midway between neighbours", () => {
  const pairs = (list: readonly (readonly [number | null, boolean])[]) =>
    list.map(([similarity, isSame]) => ({ fold: 1, similarity, isSame }));
  assert.equal(
    bestThreshold(
      pairs([
        [0.9, true],
        [0.5, true],
        [0.3, false],
        [0.1, false],
      ]),
    ),
    0.4,
  );
  // 0.8 and 0.2 as thresholds have three right answers each
  assert.equal(
    bestThreshold(
      pairs([
        [0.9, true],
        [0.7, false],
        [0.3, true],
        [0.1, false],
      ]),
    ),
    0.8,
  );
  // equal similarities are accepted together: all of them or none has two right answers, none is stricter
  assert.equal(
    bestThreshold(
      pairs([
        [0.5, true],
        [0.5, false],
        [0.5, true],
        [0.5, false],
      ]),
    ),
    Number.POSITIVE_INFINITY,
  );
  assert.equal(
    bestThreshold(
      pairs([
        [0.5, true],
        [null, true],
      ]),
    ),
    Number.NEGATIVE_INFINITY,
  );
  assert.equal(bestThreshold(pairs([[0.5, false]])), Number.POSITIVE_INFINITY);
});

test("folds of unequal size count alike; the standard error is that of the mean", () => {
  const metric = meanFoldAccuracy();
  const judged = [true, true, false].map((isHit) => ({ fold: 1, isHit })).concat([{ fold: 2, isHit: false }]);
  const units = judged.map((pair) => metric.update(metric.empty(), [pair]));
  assert.equal(metric.compute(metric.update(metric.empty(), judged)).value, (2 / 3 + 0) / 2);
  // a draw without the second fold is that of the first
  assert.equal(metric.resampler(units)([2, 0, 1, 0]), 2 / 3);
  // deviation of 0.8, 0.9, 1 is 0.1
  assert.ok(Math.abs(standardError([0.8, 0.9, 1]) - 0.1 / Math.sqrt(3)) < 1e-15);
  const scored = foldScores(
    [1, 2].flatMap((fold) => [
      { fold, similarity: 0.1 * fold, isSame: false },
      { fold, similarity: 0.1 * fold + 0.5, isSame: true },
    ]),
  );
  assert.deepEqual(
    scored.map(({ accuracy }) => accuracy),
    [1, 1],
  );
});

test("outcomes: hits weigh so that their ratio is the mean over folds", async () => {
  const from = await read(reference.labels.split("\n").slice(0, 200).join("\n"));
  const told = reference.predictions.split("\n").slice(0, 200).join("\n");
  const { metrics, outcomes } = from.score(answersOf(from, told), options);
  let [sum, weight] = [0, 0];
  for (const { values } of outcomes!) {
    const [hit, each] = values.accuracy as readonly [number, number];
    [sum, weight] = [sum + hit, weight + each];
  }
  assert.ok(Math.abs(sum / weight - metrics.accuracy!.value) < 1e-12);
});

test("pairs that share a person are one unit, directly or over others", () => {
  const units = linkedPeople([
    { people: ["b", "c"] },
    { people: ["x", "x"] },
    { people: ["d", "a"] },
    { people: ["c", "d"] },
  ]);
  assert.deepEqual(units, ["a", "x", "a", "a"]);
});

const view2 = (names: readonly string[]) => `2\t1\n${names.join("\n")}\n`;

test("the official text files: folds, files of people, views; another number of pairs is refused", async () => {
  const text = view2(["Ann_Lee\t1\t12", "Ann_Lee\t2\tBo_Ek\t3", "Cy\t1\t2", "Cy\t1\tDee\t1"]);
  const files = {
    "pairs.txt": text,
    "pairsDevTest.txt": "1\nEd\t1\t2\nEd\t1\tFay\t2\n",
    "lfw/Ann_Lee/Ann_Lee_0001.jpg": "",
  };
  const { layout, pairs } = await readLfw(filesInMemory(files));
  assert.equal(layout, "official");
  assert.deepEqual(pairs.slice(0, 3), [
    {
      part: "view2",
      fold: 1,
      first: "lfw/Ann_Lee/Ann_Lee_0001.jpg",
      second: "lfw/Ann_Lee/Ann_Lee_0012.jpg",
      people: ["Ann_Lee", "Ann_Lee"],
      isSame: true,
    },
    {
      part: "view2",
      fold: 1,
      first: "lfw/Ann_Lee/Ann_Lee_0002.jpg",
      second: "lfw/Bo_Ek/Bo_Ek_0003.jpg",
      people: ["Ann_Lee", "Bo_Ek"],
      isSame: false,
    },
    {
      part: "view2",
      fold: 2,
      first: "lfw/Cy/Cy_0001.jpg",
      second: "lfw/Cy/Cy_0002.jpg",
      people: ["Cy", "Cy"],
      isSame: true,
    },
  ]);
  assert.deepEqual(
    pairs.slice(4).map(({ part, fold }) => [part, fold]),
    [
      ["view1_test", 1],
      ["view1_test", 1],
    ],
  );
  await assert.rejects(lfw.read(filesInMemory(files)), {
    code: "evaluation/split-mismatch",
    message: /the 6000 samples/,
  });
  const wrong = (lines: readonly string[], message: RegExp) =>
    assert.rejects(readLfw(filesInMemory({ "pairs.txt": view2(lines) })), { code: "evaluation/table-format", message });
  await wrong(["Cy 1 2"], /4 pairs, as its first line says/);
  await wrong(["Cy 1 2", "Cy 1 2", "Cy 1 2", "Cy 1 Dee 1"], /pairs.txt, line 3/);
});

const reversed = (text: string): string => {
  const [header = "", ...rows] = text.trim().split("\n");
  return [header, ...rows.reverse()].join("\n");
};

const shared = process.env.FOVEA_SHARED ?? fileURLToPath(new URL("../../../../../../shared", import.meta.url));
const folder = join(shared, "data", "lfw");
const needsLfw = { skip: !existsSync(folder) && `not here: ${folder} (set FOVEA_SHARED)` };

// counts of pairs by the data set's README; groups of people counted with union-find in Python
test("the pairs at hand: folds 1 to 5 of the official 6,000, in 590 groups of people", needsLfw, async () => {
  const pairs = readFileSync(join(folder, "pairs.csv"), "utf8");
  const from = await read(pairs);
  assert.deepEqual([from.split.name, from.split.count], ["view2_folds_1-5", 3000]);
  assert.equal(from.pairs.filter(({ isSame }) => isSame).length, 1500);
  assert.equal(new Set(linkedPeople((await readLfw(filesInMemory({ "pairs.csv": pairs }))).pairs)).size, 590);
  assert.ok(from.samples.every(({ id }) => existsSync(join(folder, id))));
});
