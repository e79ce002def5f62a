// Quantiles from fixtures/reports.py (numpy); the others by hand.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { mtfl } from "../../protocols/mtfl/mtfl.ts";
import { filesInMemory } from "../../protocols/release-files.ts";
import { cumulativeErrors, landmarksSections, widened } from "./landmarks.ts";

const { errors: reference } = JSON.parse(
  readFileSync(new URL("../../../fixtures/reports.json", import.meta.url), "utf8"),
);
const plain = (text: string | undefined) => text?.replaceAll("\u00a0", " ");

test("cumulative errors: numpy's shares and quantiles", () => {
  const faces = reference.values.map((error: number) => ({ error }));
  const { lines, readings, guides, x } = cumulativeErrors(faces, 0.06);
  const points = lines[0]!.points;
  const shareAt = (limit: number) => points.filter(([error]) => error <= limit).at(-1)![1];
  assert.ok(Math.abs(shareAt(0.06) - reference.within_6_percent) < 1e-12);
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  assert.deepEqual(
    readings.map(({ value }) => plain(value)),
    [percent(reference.half), percent(reference.nine_of_ten), percent(reference.within_6_percent)],
  );
  assert.deepEqual([x.range, guides[0]?.x], [[0, 0.12], 0.06]);
});

test("missed faces never come in: the curve ends below 1, and quantiles beyond them are infinite", () => {
  const faces = [0.01, 0.02, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY].map((error) => ({ error }));
  const { lines, readings } = cumulativeErrors(faces, 0.1);
  assert.deepEqual(lines[0]!.points.at(-1), [0.2, 0.5]);
  assert.deepEqual(
    readings.map(({ value }) => plain(value)),
    ["∞", "∞", "50.0 %"],
  );
});

test("faces of a protocol: worst first with both sets of points, missed ones apart, by pose and size", async () => {
  const columns = ["left_eye", "right_eye", "nose", "mouth_left", "mouth_right"].flatMap((name) => [
    `${name}_x`,
    `${name}_y`,
  ]);
  const points = [10, 10, 20, 10, 15, 15, 10, 20, 20, 20];
  const rows = ["a", "b", "c"].map((id, i) => `${id}.png,aflw,aflw/${id}.jpg,${i === 2 ? 1 : 3},${points}`);
  const files = filesInMemory({ "labels.csv": `file,source,original_file,head_pose,${columns}\n${rows.join("\n")}\n` });
  const found = await mtfl.read(files);
  assert.ok(found.kind === "landmarks");
  const moved = (by: number) => ({ points: points.map((value, i) => (i === 0 ? value + by : value)) });
  // the distance of the eyes is 10: one point of five off by 1 is 2 %, by 10 is 20 %
  const answers = new Map([
    ["a.png", moved(1)],
    ["b.png", moved(10)],
    ["c.png", null],
  ]);
  const options = { seed: 1, resamples: 20 };
  const scores = found.score(answers, options);
  const scored = { test: found, answers, options, scores };
  const limits = { perCell: 1, cells: 1, mistakes: 5, minimum: 2 };
  const sections = landmarksSections(scored, limits);
  assert.deepEqual(
    sections.map((section) => ("title" in section ? section.title : section.kind)),
    ["Cumulative errors", "By size of the face", "By head pose", "Largest errors", "Missed faces"],
  );
  const [, , pose, largest, missed] = sections;
  assert.ok(pose?.kind === "subgroups" && largest?.kind === "mistakes" && missed?.kind === "mistakes");
  assert.deepEqual(
    pose.rows.map(({ name, count }) => [name, count]),
    [
      ["frontal", 2],
      ["left_profile", 1],
    ],
  );
  assert.ok(Math.abs(pose.rows[0]!.values[0]!.value - 0.11) < 1e-12);
  assert.equal(pose.rows[0]!.values[1]!.value, 0.5);
  assert.deepEqual(
    largest.pictures.map(({ sample, title }) => [sample, plain(title)]),
    [
      ["b.png", "error 20.0 %"],
      ["a.png", "error 2.0 %"],
    ],
  );
  assert.deepEqual(
    largest.pictures[0]!.marks?.map(({ role }) => role),
    ["truth", "answer"],
  );
  assert.deepEqual([missed.total, missed.pictures[0]?.sample], [1, "c.png"]);
});

test("a square around a rectangle, its margin on all sides", () => {
  assert.deepEqual(widened({ x: 100, y: 200, width: 40, height: 20 }, 0.5), { x: 80, y: 170, width: 80, height: 80 });
});
