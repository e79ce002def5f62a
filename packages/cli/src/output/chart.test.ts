import assert from "node:assert/strict";
import { test } from "node:test";
import { lineChart } from "./chart.ts";

test("a falling line, ends of both axes in numbers, the mark under its column", () => {
  const points = [0, 1, 2, 3].map((x) => ({ x, y: 3 - x }));
  const text = lineChart(points, { width: 4, height: 4, labelX: (x) => `${x}`, labelY: (y) => y.toFixed(1), mark: 2 });
  assert.deepEqual(text.split("\n"), [
    "3.0 |*",
    "    | *",
    "    |  *",
    "0.0 |   *",
    "    +----",
    "       ^",
    "     0  3",
    "",
  ]);
});

test("what is above twice the first is cut off; a level line and a single point are drawn", () => {
  const rising = [1, 1.5, 100].map((y, x) => ({ x, y }));
  assert.match(lineChart(rising, { width: 3, height: 2 }), /^1\.500 \| \*\*\n1\.000 \|\*\n/);
  assert.match(
    lineChart(
      [
        { x: 1, y: 2 },
        { x: 2, y: 2 },
      ],
      { width: 2, height: 2 },
    ),
    /2\.000 \|\*\*/,
  );
  assert.match(lineChart([{ x: 1, y: 2 }], { width: 2, height: 2 }), /\*/);
});
