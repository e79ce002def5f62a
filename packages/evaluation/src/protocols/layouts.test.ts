// Small releases in the official layouts, by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { subjectFolds } from "./ckplus/ckplus.ts";
import { readCkplus } from "./ckplus/release.ts";
import { readFer } from "./fer2013/release.ts";
import { votedTarget } from "./ferplus/votes.ts";
import { labelledFace } from "./landmarks.ts";
import { readFaces68 } from "./landmarks68/release.ts";
import { readMtfl } from "./mtfl/release.ts";
import { filesInMemory } from "./release-files.ts";
import { protocols } from "./table.ts";

const pixels = (value: number) => Array.from({ length: 2304 }, () => value).join(" ");
const fer2013Csv = `emotion,pixels,Usage\n0,${pixels(7)},Training\n3,${pixels(9)},PrivateTest\n`;
const header = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n";
const ferPlusCsv = `${header}Training,,0,0,0,0,0,0,0,0,0,10\nPrivateTest,fer0000001.png,1,9,0,0,0,0,0,0,0,0\n`;

test("FER-2013: parts by Usage, pixels, votes by row, no votes where the picture has no name", async () => {
  const { layout, rows } = await readFer(filesInMemory({ "fer2013.csv": fer2013Csv, "fer2013new.csv": ferPlusCsv }));
  assert.equal(layout, "official");
  assert.deepEqual(
    rows.map(({ id, part, emotion, votes }) => [id, part, emotion, votes]),
    [
      ["0", "train", 0, []],
      ["1", "test", 3, [1, 9, 0, 0, 0, 0, 0, 0, 0, 0]],
    ],
  );
  const [, second] = rows;
  assert.ok(second && "pixels" in second.picture);
  assert.deepEqual([second.picture.pixels.length, second.picture.pixels[0]], [2304, 9]);
  await assert.rejects(
    readFer(filesInMemory({ "fer2013.csv": fer2013Csv.replace(" 9,P", " 256,P") })),
    /column "pixels"/,
  );
});

test("an official release that is not complete is refused, and one without what the protocol needs", async () => {
  await assert.rejects(protocols.fer2013.read(filesInMemory({ "fer2013.csv": fer2013Csv })), {
    code: "evaluation/split-mismatch",
    message: /fer2013, part test: expected the 3589 samples .* received 1/,
  });
  await assert.rejects(
    protocols.ferplus.read(filesInMemory({ "fer2013.csv": fer2013Csv })),
    /fer2013new.csv beside it/,
  );
  for (const protocol of Object.values(protocols)) {
    await assert.rejects(protocol.read(filesInMemory({ "notes.txt": "" })), { code: "evaluation/missing-labels" });
  }
});

// Rules of the generator: single votes go; more than half, unknown and not a face counted; three quarters or three columns.
test("votes of FER+", () => {
  const shares = (votes: readonly number[]) => votedTarget(votes)?.shares;
  assert.deepEqual(votedTarget([6, 3, 1, 0, 0, 0, 0, 0, 0, 0]), {
    target: 0,
    shares: [6 / 9, 3 / 9, 0, 0, 0, 0, 0, 0],
  });
  assert.deepEqual(shares([8, 2, 0, 0, 0, 0, 0, 0, 0, 0]), [1, 0, 0, 0, 0, 0, 0, 0]); // 8 of 10 are three quarters
  assert.equal(shares([5, 5, 0, 0, 0, 0, 0, 0, 0, 0]), undefined); // half is not more than half
  assert.equal(shares([4, 0, 0, 0, 0, 0, 0, 0, 6, 0]), undefined); // unknown
  assert.deepEqual(shares([0, 6, 0, 2, 0, 0, 0, 0, 2, 0]), [0, 6 / 8, 0, 2 / 8, 0, 0, 0, 0]); // unknown ends it
  assert.equal(shares([1, 1, 1, 1, 1, 1, 1, 1, 1, 1]), undefined); // nothing is left
});

test("MTFL: lines of path, x of five points, y of five points, attributes", async () => {
  const { layout, rows } = await readMtfl(
    filesInMemory({
      "training.txt": " lfw_5590\\Ann_Lee_0001.jpg 1 2 3 4 5 6 7 8 9 10.5 1 2 2 3\r\n\r\n",
      "testing.txt": "AFLW\\0001-image20.jpg 1 2 3 4 5 6 7 8 9 10 1 2 1 5\n",
    }),
  );
  assert.equal(layout, "official");
  assert.deepEqual(rows, [
    {
      id: "lfw_5590/Ann_Lee_0001.jpg",
      key: "lfw_5590/Ann_Lee_0001.jpg",
      part: "train",
      points: [1, 6, 2, 7, 3, 8, 4, 9, 5, 10.5],
      traits: { head_pose: "frontal", smile: "no", glasses: "no" },
      unit: "lfw/Ann_Lee",
    },
    {
      id: "AFLW/0001-image20.jpg",
      key: "AFLW/0001-image20.jpg",
      part: "test",
      points: [1, 6, 2, 7, 3, 8, 4, 9, 5, 10],
      traits: { head_pose: "right_profile", smile: "no", glasses: "yes" },
      unit: "AFLW/image20.jpg",
    },
  ]);
  await assert.rejects(readMtfl(filesInMemory({ "testing.txt": "a.jpg 1 2 3" })), /testing.txt, line 1/);
});

test("300-W: .pts files by folder, 1 subtracted, a part for each subset", async () => {
  const points = Array.from({ length: 68 }, (_, i) => `${i + 1}.5 ${i + 101}`).join("\n");
  const pts = `version: 1\nn_points:  68\n{\n${points}\n}\n`;
  const { layout, rows } = await readFaces68(
    filesInMemory({
      "300w/helen/testset/30_1.pts": pts,
      "300w/helen/testset/30_1.jpg": "",
      "300w/ibug/image_003_1.pts": pts,
      "300w/ibug/image_003_1.png": "",
      "300w/afw/1.pts": pts,
      "300w/afw/1.jpg": "",
    }),
  );
  assert.equal(layout, "official");
  assert.deepEqual(
    rows.map(({ file, part }) => [file.split("/").at(-1), part]),
    [
      ["1.jpg", "train"],
      ["30_1.jpg", "full"],
      ["30_1.jpg", "common"],
      ["image_003_1.png", "full"],
      ["image_003_1.png", "challenging"],
    ],
  );
  assert.deepEqual(rows[0]!.points.slice(0, 4), [0.5, 100, 1.5, 101]);
  assert.equal(rows[1]!.unit, "300w/helen/testset/30");
  await assert.rejects(
    readFaces68(filesInMemory({ "ibug/a.pts": "n_points: 68\n{\n1 2\n}", "ibug/a.jpg": "" })),
    /68 points/,
  );
});

test("CK+: the last three frames of sequences with an emotion", async () => {
  const frame = (n: number) => [`cohn-kanade-images/S005/001/S005_001_0000000${n}.png`, ""];
  const files = Object.fromEntries([
    ...[1, 2, 3, 4].map(frame),
    ["Emotion/S005/001/S005_001_00000004_emotion.txt", "   3.0000000e+00\n"],
  ]);
  const { layout, rows } = await readCkplus(filesInMemory(files));
  assert.equal(layout, "official");
  assert.deepEqual(
    rows.map(({ id, emotion, subject, fromPeak }) => [id.slice(-5, -4), emotion, subject, fromPeak]),
    [
      ["2", "disgust", "S005", 2],
      ["3", "disgust", "S005", 1],
      ["4", "disgust", "S005", 0],
    ],
  );
  const code = "Emotion/S005/001/S005_001_00000004_emotion.txt";
  await assert.rejects(readCkplus(filesInMemory({ ...files, [code]: "0.0\n" })), /from 1 to 7, received 0.0/);
});

test("subjects are dealt to folds in their order, each to one", () => {
  assert.deepEqual(subjectFolds(["S3", "S1", "S2", "S5", "S1", "S4"], 2), [
    ["S1", "S3", "S5"],
    ["S2", "S4"],
  ]);
});

test("the labelled face is the find around the points, the tightest of several, none where none holds their middle", () => {
  const truth = [10, 10, 20, 10, 15, 15, 11, 20, 19, 20];
  const near = { x: 5, y: 5, width: 20, height: 20 };
  const wide = { x: 0, y: 0, width: 60, height: 60 };
  const beside = { x: 16, y: 5, width: 10, height: 20 };
  assert.equal(labelledFace([beside, wide, near], truth), 2);
  assert.equal(labelledFace([wide], truth), 0);
  assert.equal(labelledFace([beside], truth), undefined);
  assert.equal(labelledFace([], truth), undefined);
});
