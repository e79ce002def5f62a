// Expected values by hand: pictures a and b with two faces each, c with none; the threshold is 0.5.
import assert from "node:assert/strict";
import { test } from "node:test";
import { faces } from "../../protocols/faces/protocol.ts";
import { filesInMemory } from "../../protocols/release-files.ts";
import { detectionSections } from "./detection.ts";

const box = (x: number, height: number) => ({ x, y: 0, width: height, height });

test("curve, thresholds, recall by height, missed faces the tallest first, false finds the surest first", async () => {
  const rows = ["a,0,0,20,20,face", "a,100,0,80,80,face", "b,0,0,40,40,face", "b,100,0,30,30,ignore"];
  const found = await faces.read(
    filesInMemory({
      "images.csv": "file,labels\na,human\nb,human\nc,negative\n",
      "faces.csv": `file,x,y,width,height,kind\n${rows.join("\n")}\n`,
    }),
  );
  assert.ok(found.kind === "detection");
  const answers = new Map([
    [
      "a",
      [
        { box: box(0, 20), score: 0.9 },
        { box: box(100, 80), score: 0.3 },
      ],
    ],
    ["b", [{ box: box(100, 30), score: 0.8 }]],
    [
      "c",
      [
        { box: box(5, 10), score: 0.6 },
        { box: box(50, 10), score: 0.7 },
      ],
    ],
  ]);
  const options = { seed: 1, resamples: 20, threshold: 0.5 };
  const scored = { test: found, answers, options, scores: found.score(answers, options) };
  const [curve, thresholds, heights, missed, falses] = detectionSections(scored, {
    perCell: 1,
    cells: 1,
    mistakes: 5,
    minimum: 1,
  });
  assert.ok(curve?.kind === "curve" && thresholds?.kind === "thresholds" && heights?.kind === "subgroups");
  assert.ok(missed?.kind === "mistakes" && falses?.kind === "mistakes");
  // 0.9 hit, 0.7 false, 0.6 false, 0.3 hit of three faces; 0.8 is dropped
  assert.deepEqual(curve.lines[0]!.points, [
    [1 / 3, 1],
    [1 / 3, 1 / 2],
    [1 / 3, 1 / 3],
    [2 / 3, 1 / 2],
  ]);
  assert.deepEqual(
    curve.points.map(({ x, y }) => [x, y]),
    [[1 / 3, 1 / 3]],
  );
  const { start, positives, pictures, hits, falses: wrong } = thresholds.series[0]!;
  assert.deepEqual([positives, pictures, hits[start], wrong[start]], [3, 3, 1, 2]);
  assert.deepEqual(
    heights.rows.map(({ name, count, values }) => [name, count, values[0]!.value]),
    [
      ["16 to 32 px", 1, 1],
      ["32 to 64 px", 1, 0],
      ["64 px and more", 1, 0],
    ],
  );
  assert.deepEqual(
    missed.pictures.map(({ sample, title, detail }) => [sample, title, ...detail]),
    [
      ["a", "80 px tall", "best score 0.300"],
      ["b", "40 px tall", "no find at any score"],
    ],
  );
  assert.deepEqual(
    falses.pictures.map(({ sample, title }) => [sample, title]),
    [
      ["c", "score 0.700"],
      ["c", "score 0.600"],
    ],
  );
  // the picture of a missed face shows the find of another box near it, if there is one, and itself last
  assert.deepEqual(missed.pictures[1]!.marks, [{ role: "truth", box: box(0, 40), subject: true }]);
});
