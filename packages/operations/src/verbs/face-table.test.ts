import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "csv-parse/sync";
import type { FaceResult } from "./face-result.ts";
import { createFaceTable } from "./face-table.ts";

const face = (x: number): FaceResult => ({
  box: { x, y: 2, width: 30, height: 40 },
  score: 0.9,
  points: { left_eye: [1, 2], right_eye: [3, 4], nose: [5, 6], left_mouth: [7, 8], right_mouth: [9, 10] },
  landmarks: [
    [11, 12],
    [13, 14],
  ],
  expression: { label: "anger", scores: { anger: 0.75, fear: 0.25 } },
  valence: -0.5,
  eye: {
    left: { label: "open", scores: { open: 0.9, closed: 0.1 } },
    right: { label: "closed", scores: { open: 0.2, closed: 0.8 } },
  },
});

// Read back by csv-parse, an independent reader of RFC 4180.
test("a row a face and a row without success for a picture without one, wherever it comes", () => {
  const table = createFaceTable();
  const text = [
    table.add("none.jpg", []),
    table.add('with, "quotes".jpg', [face(1), face(100)]),
    table.add("other.jpg", []),
    table.add("last.jpg", [{ ...face(7), expression: undefined }]),
  ].join("");
  const rows: Record<string, string>[] = parse(text, { columns: true });
  assert.deepEqual(
    rows.map(({ file, face_id, success }) => [file, face_id, success]),
    [
      ["none.jpg", "", "0"],
      ['with, "quotes".jpg', "0", "1"],
      ['with, "quotes".jpg', "1", "1"],
      ["other.jpg", "", "0"],
      ["last.jpg", "0", "1"],
    ],
  );
  const [, first, second] = rows;
  assert.deepEqual(
    [first!.confidence, first!.box_x, second!.box_x, first!.x_0, first!.y_1, first!.nose_x],
    ["0.9", "1", "100", "11", "14", "5"],
  );
  assert.deepEqual(
    [first!.expression, first!.expression_fear, first!.valence, first!.eye_right, first!.eye_right_open],
    ["anger", "0.25", "-0.5", "closed", "0.2"],
  );
  assert.equal(rows.at(-1)!.expression_fear, "");
});

test("pictures without any face leave an empty table", () => {
  const table = createFaceTable();
  assert.equal(table.add("a.jpg", []) + table.add("b.jpg", []), "");
});
