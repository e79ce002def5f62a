import assert from "node:assert/strict";
import { test } from "node:test";
import type { Face, Point, Told } from "@foveajs/vision";
import { faceCsv, jsonLines, type Outcome } from "./result.ts";

const places: Face["points"] = {
  left_eye: [10.123, 20],
  right_eye: [30, 20],
  nose: [20, 30],
  left_mouth: [12, 40],
  right_mouth: [28, 40],
};
const face: Face = {
  box: { x: 5.018, y: 10, width: 30, height: 40 },
  score: 0.987654,
  points: places,
  landmarks: Array.from({ length: 68 }, (_, i): Point => [i, i + 0.5]),
  readings: { expression: { label: "happiness", scores: { neutral: 0.1, happiness: 0.9 } } },
  values: { valence: 0.5, arousal: 0.25 },
  derived: { valence: "votes", arousal: "votes" },
  eyes: { eye: { left: { label: "open", scores: { open: 1 } }, right: { label: "open", scores: { open: 1 } } } },
};
const told: readonly Told[] = [
  { kind: "class", name: "expression", labels: ["neutral", "happiness"], of: "face" },
  { kind: "value", name: "valence", derivedFrom: "votes" },
  { kind: "value", name: "arousal", derivedFrom: "votes" },
  { kind: "landmarks", name: "landmarks", count: 68 },
  { kind: "class", name: "eye", labels: ["open"], of: "eyes" },
];
const photo: Outcome = { file: 'a "b".jpg', width: 64, height: 48, faces: [face], milliseconds: 12.3 };
const failed: Outcome = {
  file: "notes.txt",
  error: { code: "vision/x", message: "no picture", help: "give one", kind: "input" } as {
    code: string;
    message: string;
    help: string;
  },
};

test("a line a picture, in the shape of `fovea analyze --json`, hundredths of a pixel, errors in their place", () => {
  const lines = jsonLines([photo, failed]).split("\n");
  assert.equal(lines.length, 3);
  const [found, error] = lines.slice(0, 2).map((line) => JSON.parse(line));
  assert.deepEqual(Object.keys(found), ["file", "width", "height", "faces", "milliseconds"]);
  assert.deepEqual(found.faces[0].box, { x: 5.02, y: 10, width: 30, height: 40 });
  assert.equal(found.faces[0].score, 0.9877);
  assert.equal(found.faces[0].valence, 0.5);
  assert.equal(found.faces[0].eye.left.label, "open");
  assert.deepEqual(error, { file: "notes.txt", error: { code: "vision/x", message: "no picture", help: "give one" } });
});

test("the table has a row a face with OpenFace's columns, and none for a picture that failed", () => {
  const [head, row, ...rest] = faceCsv([failed, photo], told).split("\n");
  const columns = head!.split(",");
  assert.deepEqual(columns.slice(0, 5), ["file", "face_id", "confidence", "success", "box_x"]);
  assert.ok(
    columns.includes("x_67") && columns.includes("expression_happiness") && columns.includes("valence_derived"),
  );
  assert.ok(row!.startsWith('"a ""b"".jpg",0,0.9877,1,5.02,'));
  assert.deepEqual(rest, [""]);
});

test("a picture without a face has a row under the same columns", () => {
  const [head, row] = faceCsv([{ ...photo, faces: [] } as Outcome], told).split("\n");
  assert.equal(head, faceCsv([photo], told).split("\n")[0]);
  assert.ok(row!.startsWith('"a ""b"".jpg",,,0,'));
});
