// Expected places by hand from the size of the drawing: 400 by 300, margins 56, 14, 12 and 44.
import assert from "node:assert/strict";
import { test } from "node:test";
import { plotOf } from "./axes.ts";
import { heatMap } from "./heat-map.ts";
import { intervalBar } from "./interval-bar.ts";
import { lineChart, pathOf, shareAxis } from "./line-chart.ts";
import { reliabilityDiagram } from "./reliability-diagram.ts";
import { linearTicks, logTicks, makeScale, place } from "./scale.ts";
import { scatterChart } from "./scatter-chart.ts";

test("scales map ends to ends, straight or by logarithm, and keep what is outside at the ends", () => {
  const straight = makeScale([0, 10], [100, 200]);
  assert.deepEqual([-5, 0, 5, 10, 11].map(straight), [100, 100, 150, 200, 200]);
  const log = makeScale([0.001, 1], [0, 300], { scale: "log" });
  assert.deepEqual(
    [0, 0.001, 0.01, 0.1, 1].map((value) => Math.round(log(value))),
    [0, 0, 100, 200, 300],
  );
  // an axis without extent draws everything at its start
  assert.equal(makeScale([1, 1], [0, 50])(1), 0);
});

test("ticks are round numbers within the range", () => {
  assert.deepEqual(linearTicks(0, 1), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(linearTicks(0, 0.2), [0, 0.05, 0.1, 0.15, 0.2]);
  assert.deepEqual(linearTicks(-3, 27), [0, 10, 20]);
  assert.deepEqual(linearTicks(2, 2), [2]);
  assert.deepEqual(logTicks(0.0004, 1), [0.001, 0.01, 0.1, 1]);
  assert.deepEqual([place(1 / 3), place(Number.NaN), place(-0.001)], ["0.33", "0", "0"]);
});

test("a line goes through its points; those nearer than half a unit are passed over, the end never is", () => {
  const plot = plotOf(shareAxis("x"), shareAxis("y"));
  // x from 56 to 386, y from 256 up to 12
  assert.equal(
    pathOf(
      [
        [0, 0],
        [0.5, 0.5],
        [1, 1],
      ],
      plot,
    ),
    "M56 256L221 134L386 12",
  );
  assert.equal(
    pathOf(
      [
        [0, 0],
        [0.001, 0],
        [0.0011, 0],
      ],
      plot,
    ),
    "M56 256L56.36 256",
  );
  assert.equal(pathOf([], plot), "");
});

test("a chart says what it is and draws lines, points and guides, the point's label inside", () => {
  const { markup } = lineChart({
    x: shareAxis("recall"),
    y: shareAxis("precision"),
    lines: [
      {
        name: "a & b",
        role: "result",
        points: [
          [0, 1],
          [1, 0.5],
        ],
      },
    ],
    points: [{ x: 1, y: 0.5, label: "here" }],
    guides: [{ x: 0.1, label: "limit" }],
    label: "Curve: area 0.9",
  });
  assert.match(markup, /^<svg class="chart" viewBox="0 0 400 300" role="img" aria-label="Curve: area 0.9">/);
  assert.match(markup, /<path class="line result" d="M56 12L386 134"><title>a &#38; b<\/title><\/path>/);
  assert.match(markup, /<circle cx="386" cy="134" r="5"\/><text x="377" y="122" text-anchor="end">here</);
  assert.match(markup, /<path d="M89 12V256"\/><text x="94" y="248" text-anchor="start">limit</);
});

test("bars end at the accuracy, gaps reach to the confidence, empty bins draw nothing", () => {
  const none = { count: 0, confidence: Number.NaN, accuracy: Number.NaN, interval: [Number.NaN, Number.NaN] as const };
  const { markup } = reliabilityDiagram(
    [none, { count: 10, confidence: 0.75, accuracy: 0.5, interval: [0.25, 0.75] }],
    { label: "l" },
  );
  // the second of two bins: x from 221 to 386, less one on each side; accuracy 0.5 is at 134, confidence 0.75 at 73
  assert.match(markup, /<rect class="bar" x="222" y="134" width="163" height="122"\/>/);
  assert.match(markup, /<rect class="gap over" x="222" y="73" width="163" height="61"\/>/);
  assert.match(markup, /<path class="whisker" d="M303.5 195V73"\/>/);
  assert.equal(markup.match(/class="bar"/g)?.length, 1);
  assert.doesNotMatch(markup, /NaN/);
});

test("an interval bar: value, interval and reference within its range; without an interval, the value alone", () => {
  const { markup } = intervalBar({ value: 0.5, interval: [0.25, 0.75] }, { range: [0, 1], reference: 1 });
  assert.match(markup, /<path class="whisker" d="M32.5 9H87.5"\/><circle cx="60" cy="9" r="4"\/>/);
  assert.match(markup, /<path class="reference" d="M115 1V17"\/>/);
  const alone = intervalBar(
    { value: 0.5, interval: [Number.NaN, Number.NaN] },
    { range: [0, 1], reference: Number.NaN },
  );
  assert.doesNotMatch(alone.markup, /whisker|reference|NaN/);
});

test("many columns are named by every fifth; a scatter counts points by cells of the plot", () => {
  const columns = Array.from({ length: 20 }, (_, i) => String(i + 1));
  const cells = columns.map(() => ({ value: 1, told: "one" }));
  const { markup } = heatMap({ along: "epoch", columns, rows: [{ name: "a", cells }], limit: 2 });
  const named = [...markup.matchAll(/<span>(\d+)<\/span><\/th>/g)].map(([, name]) => name);
  assert.deepEqual(named, ["1", "5", "10", "15", "20"]);
  assert.equal(markup.match(/--strength:50%/g)?.length, 20);
  const axis = shareAxis("share");
  // the plot is 330 by 244, cells of a 66th: the corner's middle lies half a cell inside
  const scatter = scatterChart({ x: axis, y: axis, points: [[0, 1]], label: "one" }).markup;
  assert.match(scatter, /<circle cx="58.5" cy="13.85" r="2.6" *fill-opacity="1"\/>/);
});

test("an axis of whole numbers tells no others", () => {
  const x = { label: "epoch", range: [1, 3], unit: "plain", isWhole: true } as const;
  const y = shareAxis("share");
  const { markup } = lineChart({ x, y, lines: [], points: [], guides: [], label: "" });
  const told = [...markup.matchAll(/text-anchor="middle">([\d.]+)</g)].map(([, tick]) => tick);
  assert.deepEqual(told, ["1", "2", "3"]);
});
