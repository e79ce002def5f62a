import assert from "node:assert/strict";
import { test } from "node:test";
import type { Told } from "@foveajs/vision";
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
  derived: { valence: "the votes" },
  eye: {
    left: { label: "open", scores: { open: 0.9, closed: 0.1 } },
    right: { label: "closed", scores: { open: 0.2, closed: 0.8 } },
  },
});

const told: readonly Told[] = [
  { kind: "class", name: "expression", labels: ["anger", "fear"], of: "face" },
  { kind: "value", name: "age" },
  { kind: "value", name: "valence", derivedFrom: "the votes" },
  { kind: "landmarks", name: "landmarks", count: 2 },
  { kind: "class", name: "eye", labels: ["open", "closed"], of: "eyes" },
];

// Read back by csv-parse, an independent reader of RFC 4180.
test("a row a face and a row without success for a picture without one, wherever it comes", () => {
  const table = createFaceTable(told);
  const text = [
    table.head,
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
    [first!.expression, first!.expression_fear, first!.valence_derived, first!.eye_right, first!.eye_right_open],
    ["anger", "0.25", "-0.5", "closed", "0.2"],
  );
  assert.equal(rows.at(-1)!.expression_fear, "");
});

test("columns are those of what the models tell, whatever the first picture shows, and what was not read is empty", () => {
  const { head, add } = createFaceTable(told);
  const { eye: _, ...blind } = face(5);
  const whole = { ...face(1), age: 30.5 };
  const text = [head, add("none.jpg", []), add("blind.jpg", [blind]), add("whole.jpg", [whole])].join("");
  assert.equal(text.split("\n")[0], createFaceTable(told).head.trimEnd());
  const rows: Record<string, string>[] = parse(text, { columns: true });
  assert.deepEqual(Object.keys(rows[0]!).slice(18), [
    ...["expression", "expression_anger", "expression_fear", "age", "valence_derived"],
    ...["eye_left", "eye_left_open", "eye_left_closed", "eye_right", "eye_right_open", "eye_right_closed"],
    ...["x_0", "x_1", "y_0", "y_1"],
  ]);
  const cells = rows.map((row) => [row.file, row.success, row.eye_right, row.age, row.valence_derived, row.y_1]);
  assert.deepEqual(cells, [
    ["none.jpg", "0", "", "", "", ""],
    ["blind.jpg", "1", "", "", "-0.5", "14"],
    ["whole.jpg", "1", "closed", "30.5", "-0.5", "14"],
  ]);
});
