// Expected numbers from fixtures/reports.py (scikit-learn); the others by hand.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { classificationTest } from "../../protocols/classification.ts";
import type { ClassAnswers } from "../../protocols/protocol.ts";
import type { ReportSection } from "../report-input.ts";
import { classificationSections } from "./classification.ts";
import { reportRun } from "./run.ts";
import { usualLimits } from "./source.ts";

const { classifier: reference } = JSON.parse(
  readFileSync(new URL("../../../fixtures/reports.json", import.meta.url), "utf8"),
);
const names = ["cat", "dog", "owl"];

function scoredTest({
  targets,
  rows,
  labels = names,
  hasProbabilities = true,
  otherLabels = "leave_out",
}: {
  targets: readonly number[];
  rows: readonly (readonly number[] | null)[];
  labels?: readonly string[];
  hasProbabilities?: boolean;
  otherLabels?: "leave_out" | "keep";
}) {
  const own = classificationTest({
    split: { name: "test", sha256: "0", count: targets.length },
    others: new Set(),
    modes: ["direct"],
    classes: names,
    otherLabels,
    samples: targets.map((target, i) => ({ id: `s${i}`, picture: { file: `s${i}` }, unit: `s${i}`, target })),
  });
  const answers: ClassAnswers = {
    labels,
    logits: new Map(rows.map((row, i) => [`s${i}`, row?.map(Math.log) ?? null])),
    hasProbabilities,
  };
  const options = { seed: 1, resamples: 50 };
  return { test: own, answers, options, scores: own.score(answers, options) };
}

function sectionOf<Kind extends ReportSection["kind"]>(sections: readonly ReportSection[], kind: Kind) {
  const found = sections.find((section) => section.kind === kind);
  assert.ok(found, kind);
  return found as Extract<ReportSection, { kind: Kind }>;
}

const near = (received: number, expected: number) => Math.abs(received - expected) < 1e-12;
const whole = scoredTest({ targets: reference.targets, rows: reference.probabilities });
const sections = classificationSections(whole, usualLimits);

test("the confusion matrix, recall and precision of each class are scikit-learn's", () => {
  const { cells, answers } = sectionOf(sections, "confusion");
  assert.deepEqual(
    cells.map((row) => row.map(({ count }) => count)),
    reference.confusion,
  );
  assert.deepEqual(answers, names);
  const { rows } = sectionOf(sections, "subgroups");
  rows.forEach(({ values: [recall, precision] }, c) => {
    assert.ok(near(recall!.value, reference.recall[c]) && near(precision!.value, reference.precision[c]));
    assert.ok(recall!.interval[0] < recall!.value && recall!.value < recall!.interval[1]);
  });
});

test("pictures of a cell: at most so many, the surest mistakes and the least sure hits first", () => {
  const { cells } = sectionOf(classificationSections(whole, { ...usualLimits, perCell: 3 }), "confusion");
  const confidenceOf = (sample: string) => Math.max(...reference.probabilities[Number(sample.slice(1))]);
  cells.forEach((row, target) => {
    row.forEach(({ count, pictures }, answer) => {
      assert.equal(pictures.length, Math.min(3, count));
      const confidences = pictures.map(({ sample }) => confidenceOf(sample));
      const sorted = [...confidences].sort((a, b) => (target === answer ? a - b : b - a));
      assert.deepEqual(confidences, sorted);
      const all = reference.targets.flatMap((t: number, i: number) => {
        const own = reference.probabilities[i];
        return t === target && own.indexOf(Math.max(...own)) === answer ? [Math.max(...own)] : [];
      });
      assert.equal(confidences[0], target === answer ? Math.min(...all) : Math.max(...all));
    });
  });
});

test("where there are more pictures than the report may have, mistakes have theirs first", () => {
  const { cells } = sectionOf(classificationSections(whole, { ...usualLimits, perCell: 5, cells: 20 }), "confusion");
  const shown = cells.map((row) => row.map(({ pictures }) => pictures.length));
  assert.equal(
    shown.flat().reduce((sum, count) => sum + count, 0),
    20,
  );
  assert.equal(
    shown.reduce((sum, row, c) => sum + row[c]!, 0),
    0,
  );
});

test("the reliability diagram is scikit-learn's calibration curve", () => {
  const { bins } = sectionOf(sections, "reliability");
  const filled = bins.filter(({ count }) => count > 0);
  assert.equal(filled.length, reference.reliability.accuracy.length);
  filled.forEach(({ accuracy, confidence, interval }, i) => {
    assert.ok(
      near(accuracy, reference.reliability.accuracy[i]) && near(confidence, reference.reliability.confidence[i]),
    );
    assert.ok(interval[0] <= accuracy && accuracy <= interval[1]);
  });
});

test("each threshold comes to scikit-learn's precision, recall and false positives", () => {
  const { series } = sectionOf(sections, "thresholds");
  assert.deepEqual(
    series.map(({ name }) => name),
    ["all classes", ...names.map((name) => `${name} against all others`)],
  );
  const { thresholds, hits, falses, positives } = series[2]!;
  for (const { threshold, precision, recall, false_positives } of reference.thresholds_of_class_1) {
    const at = thresholds.indexOf(threshold);
    assert.ok(near(hits[at]! / (hits[at]! + falses[at]!), precision), `precision at ${threshold}`);
    assert.ok(near(hits[at]! / positives, recall), `recall at ${threshold}`);
    assert.equal(falses[at], false_positives);
  }
  // answering always is the accuracy
  const [always] = series;
  assert.ok(near(always!.hits[0]! / always!.positives, whole.scores.metrics.accuracy!.value));
});

test("the worst mistakes are the surest, with both probabilities", () => {
  const few = scoredTest({
    targets: [0, 1, 2, 0],
    rows: [[0.1, 0.7, 0.2], [0.05, 0.9, 0.05], [0.85, 0.05, 0.1], null],
  });
  const { total, pictures } = sectionOf(classificationSections(few, usualLimits), "mistakes");
  assert.equal(total, 2);
  assert.deepEqual(
    pictures.map(({ sample, title, detail }) =>
      [sample, title, ...detail].map((text) => text.replaceAll("\u00a0", " ")),
    ),
    [
      ["s2", "cat 85.0 %", "true: owl 10.0 %"],
      ["s0", "dog 70.0 %", "true: cat 10.0 %"],
    ],
  );
});

test("missed faces and labels that are no class have columns of their own", () => {
  const few = scoredTest({
    targets: [0, 1, 2],
    labels: ["owl", "dog", "cat", "bat", "elk"],
    otherLabels: "keep",
    rows: [[0.1, 0.1, 0.1, 0.6, 0.1], null, [0.9, 0.025, 0.025, 0.025, 0.025]],
  });
  const { answers, cells } = sectionOf(classificationSections(few, usualLimits), "confusion");
  assert.deepEqual(answers, [...names, "bat", "missed"]);
  assert.deepEqual(
    cells.map((row) => row.map(({ count }) => count)),
    [
      [0, 0, 0, 1, 0],
      [0, 0, 0, 0, 1],
      [0, 0, 1, 0, 0],
    ],
  );
});

test("answers without probabilities have neither calibration nor thresholds, and mistakes without numbers", () => {
  const certain = [1, 0, 0];
  const few = scoredTest({ targets: [0, 1], rows: [certain, certain], hasProbabilities: false });
  const found = classificationSections(few, usualLimits);
  assert.deepEqual(
    found.map(({ kind }) => kind),
    ["confusion", "mistakes", "subgroups"],
  );
  assert.deepEqual(sectionOf(found, "mistakes").pictures, [{ sample: "s1", title: "cat", detail: ["true: dog"] }]);
});

test("a run has the protocol's metrics in order, the first as its headline, and says what was missed", () => {
  const few = scoredTest({ targets: [0, 1], rows: [[0.8, 0.1, 0.1], null] });
  const info = { name: "accuracy", unit: "fraction", higherIsBetter: true, summary: "share" };
  const run = reportRun({ metrics: [info], published: [] }, "direct", few);
  const headline = run.headline!;
  assert.deepEqual([headline.name, headline.value, headline.summary], ["accuracy", 0.5, "share"]);
  assert.equal(run.lead, "2 samples, 1 missed.");
  assert.deepEqual(
    sectionOf(run.sections, "metrics").metrics.map(({ name }) => name),
    Object.keys(few.scores.metrics),
  );
});
