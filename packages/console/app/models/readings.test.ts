import assert from "node:assert/strict";
import { test } from "node:test";
import type { TaskPrediction } from "@foveajs/operations/browser";
import type { Face } from "@foveajs/vision";
import { cardText } from "./card-words.ts";
import { nameOf, namesOf } from "./label-words.ts";
import { shortCount, wholeCount } from "./numbers.ts";
import { marksOfFaces, marksOfPicture, pointsOfPicture, readingsOfFace, readingsOfPicture } from "./readings.ts";

const box = { x: 1, y: 2, width: 3, height: 4 };
const face: Face = {
  box,
  score: 0.9,
  points: { left_eye: [1, 1], right_eye: [2, 1], nose: [1.5, 2], left_mouth: [1, 3], right_mouth: [2, 3] },
  readings: { smile: { label: "yes", scores: { no: 0.2, yes: 0.8 } } },
  values: { valence: 0.5, arousal: -0.25 },
  eyes: {
    eye: {
      left: { label: "open", scores: { closed: 0.1, open: 0.9 } },
      right: { label: "closed", scores: { closed: 0.7, open: 0.3 } },
    },
  },
};

test("a face is told task by task, each eye for itself, the likeliest label marked", () => {
  assert.deepEqual(readingsOfFace(face), [
    {
      task: "smile",
      told: {
        kind: "shares",
        bars: [
          { label: "no", share: 0.2, isTold: false },
          { label: "yes", share: 0.8, isTold: true },
        ],
      },
    },
    {
      task: "affect",
      told: {
        kind: "values",
        values: [
          { name: "valence", value: 0.5 },
          { name: "arousal", value: -0.25 },
        ],
      },
    },
    ...(["left", "right"] as const).map((side) => ({
      task: "eye",
      side,
      told: {
        kind: "shares",
        bars: Object.entries(face.eyes.eye![side].scores).map(([label, share]) => ({
          label,
          share,
          isTold: label === (side === "left" ? "open" : "closed"),
        })),
      },
    })),
  ]);
  assert.deepEqual(marksOfFaces([face]), [{ box, score: 0.9, points: Object.values(face.points) }]);
});

test("landmarks, where a reader has them, are the points of a face", () => {
  const landmarks = [[5, 6]] as const;
  const [mark] = marksOfFaces([{ ...face, landmarks }]);
  assert.equal(mark?.points, landmarks);
  assert.deepEqual(readingsOfFace({ ...face, landmarks }).at(-1), {
    task: "landmarks",
    told: { kind: "points", count: 1 },
  });
});

test("a picture is told by the kinds of its tasks", () => {
  const tasks: Record<string, TaskPrediction> = {
    class: { kind: "classification", label: "b", scores: { a: 0.4, b: 0.6 } },
    tags: { kind: "multilabel", labels: ["x", "y"], scores: { x: 0.9, y: 0.6, z: 0.1 } },
    grade: { kind: "ordinal", label: "two", grade: 1.6 },
    numbers: { kind: "regression", values: { weight: 3 } },
    points: {
      kind: "landmarks",
      points: [
        [1, 2],
        [3, 4],
      ],
    },
    things: { kind: "detection", objects: [{ box, score: 0.7, label: "cup", points: [] }] },
  };
  const told = readingsOfPicture(tasks);
  assert.deepEqual(
    told.map(({ task }) => task),
    ["class", "tags", "grade", "numbers", "points"],
  );
  const marked = told.map((reading) =>
    reading.told.kind === "shares" ? reading.told.bars.filter(({ isTold }) => isTold).map(({ label }) => label) : [],
  );
  assert.deepEqual(marked.slice(0, 2), [["b"], ["x", "y"]]);
  assert.deepEqual(marksOfPicture(tasks), [{ box, score: 0.7, label: "cup", points: [] }]);
  assert.deepEqual(pointsOfPicture(tasks), [
    [1, 2],
    [3, 4],
  ]);
});

test("names that are not known are told as they are written", () => {
  assert.equal(nameOf("coffee_cup", "zh"), "coffee cup");
  assert.equal(nameOf("constructor", "en"), "constructor");
  assert.equal(namesOf(["smile", "glasses"], "en"), "Smile, Glasses");
  assert.equal(namesOf(["smile", "glasses"], "zh"), "微笑、眼镜");
  assert.deepEqual(cardText("A model of mine.", "zh"), { text: "A model of mine.", lang: "en" });
});

test("counts are short or whole", () => {
  assert.deepEqual([98, 1032, 14_528, 729_195, 53_180_416, 2e9].map(shortCount), [
    "98",
    "1.03 k",
    "14.5 k",
    "729 k",
    "53.2 M",
    "2.00 G",
  ]);
  assert.deepEqual([98, 1032, 1_000_000].map(wholeCount), ["98", "1\u202f032", "1\u202f000\u202f000"]);
});
