import assert from "node:assert/strict";
import { test } from "node:test";
import { compareDocument } from "./generated-section.js";
import { documents } from "./study.js";
import { sections } from "./study-tables.js";
import { tasks } from "./study-tasks.js";

for (const document of documents) {
  test(`the tables of ${document.file} are those of the saved results`, async () => {
    const { present, wanted } = await compareDocument(document);
    assert.equal(present, wanted);
  });
}

/** Every task has these values, seed by seed. */
const arm = (name, values) =>
  values.map((value, seed) => ({ arm: name, seed, values: Object.fromEntries(tasks.map((task) => [task, value])) }));

test("better is more of an accuracy and less of an error, by differences of the same seed", () => {
  const results = [...arm("together", [0.9, 0.8, 0.7]), ...arm("without-teachers", [0.89, 0.78, 0.67])];
  const rows = sections.teachers(results).split("\n");
  const row = (task) => rows.find((line) => line.startsWith(`| ${task} |`)).split(" | ");
  // differences 1, 2, 3 points: mean 2, deviation 1, Student's t of 2 degrees of freedom 4.303 / sqrt(3) = 2.484
  assert.deepEqual(row("smile").slice(2), ["80.0", "78.0", "+2.0 (−0.5 to +4.5) |"]);
  assert.deepEqual(row("landmarks").slice(2), ["80.0", "78.0", "−2.0 (−4.5 to +0.5) |"]);
  // a concordance is no per cent
  assert.deepEqual(row("affect").slice(2), ["0.800", "0.780", "+0.020 (−0.005 to +0.045) |"]);
});
