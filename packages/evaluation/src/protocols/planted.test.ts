// What must not disturb a score, over every protocol of the table: labels -5, -1, 999 and NaN, missing rows and finds, faces
// that were missed, NaN in predictions, equal scores, empty classes, shuffled rows. Expected values by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { protocolCases, protocolIds, readCase, scorePredictions, type Texts } from "./cases.test.support.ts";
import type { ClassOutcome } from "./outcomes.ts";
import { plantedValues, plantings } from "./planted-labels.test.support.ts";
import type { ClassificationTest, Scores, Test } from "./protocol.ts";
import { type ProtocolId, protocolOf } from "./table.ts";

const valuesOf = ({ metrics, missed }: Scores) => ({
  missed,
  values: Object.entries(metrics).map(([name, { value }]) => [name, value]),
});

/** A defined value is within the range of its unit, an undefined one says why. */
function assertSound({ metrics, missed }: Scores): void {
  assert.ok(Number.isInteger(missed) && missed >= 0);
  for (const [name, { value, reason }] of Object.entries(metrics)) {
    assert.ok(Number.isNaN(value) ? reason !== undefined : true, `${name} is undefined and does not say why`);
  }
}

for (const id of protocolIds) {
  const { texts, predictions } = protocolCases[id];
  for (const { label, plant, fates } of plantings[id]) {
    test(`${id}: -5, -1, 999 and NaN as ${label} are ${[...new Set(Object.values(fates))].join(" or ")}`, async () => {
      for (const value of plantedValues) {
        const changed = plant(texts, value);
        assert.notDeepEqual(changed, texts, "nothing was planted");
        if (fates[value] === "refused") {
          await assert.rejects(readCase(id, changed), { name: "FoveaError", code: /^evaluation\// }, value);
          continue;
        }
        const from = await readCase(id, changed);
        if (fates[value] === "missing") {
          const bare = await readCase(id, plant(texts, ""));
          assert.deepEqual(
            valuesOf(scorePredictions(from, predictions)),
            valuesOf(scorePredictions(bare, predictions)),
          );
        } else if (from.kind === "classification") assert.ok(from.classes.includes(value));
        else assertSound(scorePredictions(from, predictions));
      }
    });
  }

  test(`${id}: NaN, infinity and words in predictions are refused`, async () => {
    const from = await readCase(id);
    for (const wrong of ["NaN", "Infinity", "1e999", "much"]) {
      const spoilt = withNumber(predictions, { from, value: wrong });
      assert.notEqual(spoilt, predictions);
      assert.throws(() => scorePredictions(from, spoilt), { name: "FoveaError", code: /^evaluation\// }, wrong);
    }
  });

  test(`${id}: what was not answered is refused, missed, or counted as such`, async () => {
    const from = await readCase(id);
    const whole = scorePredictions(from, predictions);
    if (from.kind === "detection" || from.kind === "objects") {
      const silent = scorePredictions(from, withoutRows(predictions));
      assertSound(silent);
      assert.ok(silent.missed > whole.missed);
      const [headline] = Object.values(silent.metrics);
      assert.equal(headline!.value, 0);
      return;
    }
    const [header = "", first = "", ...others] = predictions.trim().split("\n");
    assert.throws(() => scorePredictions(from, [header, ...withoutFirst(from, [first, ...others])].join("\n")), {
      code: "evaluation/missing-rows",
    });
    const nobody = [header, ...[first, ...others].map((row) => emptied(header, row))].join("\n");
    const missed = scorePredictions(from, nobody);
    assert.equal(missed.missed, from.split.count);
    assertSound(missed);
  });

  test(`${id}: rows in another order change nothing, equal scores included`, async () => {
    for (const told of [predictions, tied(predictions)]) {
      const once = scorePredictions(await readCase(id), told);
      const turned = scorePredictions(await readCase(id, shuffled(texts)), reversed(told));
      // of equal scores in one picture, COCO takes the first row first
      if (id === "coco" && told !== predictions) assertSound(turned);
      else assert.deepEqual(valuesOf(turned), valuesOf(once));
      assertSound(once);
    }
  });

  test(`${id}: perfect answers reach the better end, though a class is empty`, async () => {
    const from = await readCase(id, await withEmptyClass(id));
    const scores = perfect(from);
    assert.equal(scores.missed, 0);
    const [headline] = protocolOf(id).metrics;
    const { value, reason } = scores.metrics[headline!.name]!;
    const best = headline!.higherIsBetter ? (headline!.name === "p_mtl" ? 3 : 1) : 0;
    assert.ok(Math.abs(value - best) < 1e-9, `${headline!.name}: ${value} ${reason ?? ""}`);
    assertSound(scores);
  });
}

/** The last number in the row of the first sample that is scored and was found, replaced. */
function withNumber(predictions: string, { from, value }: { readonly from: Test; readonly value: string }): string {
  if (predictions.trimStart().startsWith("[")) return predictions.replace(/"score": [\d.e-]+/, `"score": ${value}`);
  const lines = predictions.split("\n");
  const known = new Set(from.samples.map(({ id }) => id));
  const at = lines.findIndex((row) => row.split(",").some((cell) => known.has(cell)) && !/,,|,$/.test(row));
  // columns of labels that are not scored are passed over
  const isRead = (column: string) => {
    const label = from.kind === "multitask" ? from.labelOf(column) : undefined;
    return label === undefined || (from.kind === "multitask" && from.labels.includes(label));
  };
  const last = lines[0]!.trim().split(",").findLastIndex(isRead);
  const spoilt = lines[at]!.split(",").map((cell, column) => (column === last ? value : cell));
  return lines.map((row, i) => (i === at ? spoilt.join(",") : row)).join("\n");
}

const withoutRows = (predictions: string) =>
  predictions.trimStart().startsWith("[") ? "[]" : `${predictions.split("\n")[0]}\n`;

/** Without a row of a sample that is scored. */
function withoutFirst(from: Test, rows: readonly string[]): readonly string[] {
  const known = new Set(from.samples.map(({ id }) => id));
  const at = rows.findIndex((row) => row.split(",").some((cell) => known.has(cell)));
  return rows.filter((_, i) => i !== at);
}

/** The row of a face that was missed: nothing but its id, or both ids of a pair. */
const emptied = (header: string, row: string): string => {
  const ids = header.split(",").filter((name) => ["id", "file", "image_a", "image_b"].includes(name)).length;
  return row
    .split(",")
    .map((cell, i) => (i < ids ? cell : ""))
    .join(",");
};

/** Lines after the header, or the rows of a JSON list, in reverse. */
function reversed(text: string): string {
  if (text.trimStart().startsWith("[")) return JSON.stringify(JSON.parse(text).reverse());
  const [header = "", ...rows] = text.trim().split("\n");
  return `${[header, ...rows.reverse()].join("\n")}\n`;
}

/** All scores and numbers of predictions cut to few different ones. */
function tied(predictions: string): string {
  if (predictions.trimStart().startsWith("[")) {
    return JSON.stringify(JSON.parse(predictions).map((row: object) => ({ ...row, score: 0.5 })));
  }
  return predictions.replace(/,0?\.(\d)\d+/g, (_, digit) => `,0.${Number(digit) < 5 ? 3 : 7}`);
}

/** The release with its rows, lists and files in reverse. */
const shuffled = (texts: Texts): Texts =>
  Object.fromEntries(
    Object.entries(texts)
      .reverse()
      .map(([name, text]) => {
        if (name.endsWith(".csv")) return [name, reversed(text)];
        if (/ImageSets|list_98pt/.test(name)) return [name, `${text.trim().split("\n").reverse().join("\n")}\n`];
        if (!name.endsWith(".json")) return [name, text];
        const { images, annotations, ...others } = JSON.parse(text);
        return [name, JSON.stringify({ ...others, images: images.reverse(), annotations: annotations.reverse() })];
      }),
  );

/**
 * The release without the samples of the first sample's class, or that have the first unit; those of other kinds have an
 * empty class, subset or picture as they are.
 */
async function withEmptyClass(id: ProtocolId): Promise<Texts> {
  const { texts } = protocolCases[id];
  if (id === "ckplus-au") return texts; // most of its units are rare, and its frequent ones would be
  const from = await readCase(id);
  const gone = new Set(goneOf(from));
  if (gone.size === 0) return texts;
  const left = (text: string) =>
    text
      .split("\n")
      .filter((row) => !row.split(",").some((cell) => gone.has(cell)))
      .join("\n");
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, left(text)]));
}

function goneOf(from: Test): readonly string[] {
  if (from.kind === "classification") {
    const targets = targetsOf(from);
    const [first] = targets.values();
    return [...targets].flatMap(([id, target]) => (target === first ? [id] : []));
  }
  if (from.kind !== "multitask") return [];
  const first = [...from.truth.values()].find(({ target }) => target !== undefined)?.target;
  return [...from.truth].flatMap(([id, { target, labels }]) =>
    (target !== undefined && target === first) || labels[0] === 1 ? [id] : [],
  );
}

/** Numbers of the labelled classes by sample. */
function targetsOf(from: ClassificationTest): ReadonlyMap<string, number> {
  const logits = new Map(from.samples.map(({ id }) => [id, new Float64Array(from.classes.length)]));
  const { outcomes = [] } = from.score(
    { labels: from.classes, logits, hasProbabilities: true },
    { seed: 1, resamples: 1 },
  );
  return new Map(outcomes.map(({ id, values }) => [id, (values.macro_f1 as ClassOutcome).target]));
}

/** The score of the labels themselves as answers. */
function perfect(from: Test): Scores {
  const options = { seed: 1, resamples: 20, threshold: 0.5 };
  switch (from.kind) {
    case "classification": {
      const logits = [...targetsOf(from)].map(([id, target]): [string, Float64Array] => [
        id,
        Float64Array.from(from.classes, (_, c) => (c === target ? 50 : 0)),
      ]);
      const scores = from.score({ labels: from.classes, logits: new Map(logits), hasProbabilities: true }, options);
      assert.ok(Math.abs(scores.metrics.macro_f1!.value - 1) < 1e-12, `macro F1 ${scores.metrics.macro_f1!.value}`);
      return scores;
    }
    case "landmarks":
      return from.score(
        new Map([...from.truth].map(([id, points]) => [id, { points: Array.from(points, (at) => at || 0) }])),
        options,
      );
    case "detection":
      return from.score(
        new Map([...from.truth!.boxes].map(([id, boxes]) => [id, boxes.map(({ box }) => ({ box, score: 0.9 }))])),
        options,
      );
    case "objects":
      return from.score(
        new Map(
          from
            .match(new Map())
            .map(({ id, objects }) => [
              id,
              objects.flatMap(({ category, box, ignored }) => (ignored ? [] : [{ category, box, score: 0.9 }])),
            ]),
        ),
        options,
      );
    case "verification":
      return from.score(new Map(from.pairs.map(({ id, isSame }) => [id, isSame ? 0.9 : 0.1])), options);
    case "multitask":
      return from.score(
        new Map(
          [...from.truth].map(([id, { quantities, target, labels }]) => [
            id,
            {
              quantities: Array.from(quantities, (value) => value || 0),
              logits: from.classes.map((_, c) => (c === target ? 9 : 0)),
              scores: Array.from(labels, (label) => (label === 1 ? 1 : 0)),
            },
          ]),
        ),
        options,
      );
  }
}
