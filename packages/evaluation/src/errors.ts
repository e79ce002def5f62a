import { errorTable } from "@foveajs/errors";

/** Every error this package raises: who must act, what is wrong and where, what to do. */
export const errors = errorTable("evaluation", {
  "row-count": {
    kind: "input",
    message: ({ where, expected, received }: { where: string; expected: number; received: number }) =>
      `${where}: expected ${expected} rows, one per sample, received ${received}.`,
    help: () => "give predictions and truth of the same samples, in the same order.",
  },
  "class-count": {
    kind: "input",
    message: ({ where, expected, received }: { where: string; expected: number; received: number }) =>
      `${where}: expected ${expected} classes, received ${received}.`,
    help: () => "score all samples with one model, so that every row has one value per class.",
  },
  "bad-target": {
    kind: "input",
    message: ({ where, classes, received }: { where: string; classes: number; received: number }) =>
      `${where}: expected a class from 0 to ${classes - 1}, received ${received}.`,
    help: () => "leave out samples without a label, and use the label order of the model.",
  },
  "bad-logits": {
    kind: "input",
    message: ({ where, received }: { where: string; received: string }) =>
      `${where}: expected logits without NaN or +Infinity, at least one of them finite, received ${received}.`,
    help: () => "look for a broken input or a diverged model; probabilities enter as their logarithms.",
  },
  "bad-score": {
    kind: "input",
    message: ({ where, received }: { where: string; received: number }) =>
      `${where}: expected a finite score, received ${received}.`,
    help: () => "leave out predictions without a score.",
  },
  "bad-box": {
    kind: "input",
    message: ({ where, received }: { where: string; received: string }) =>
      `${where}: expected finite x, y and width, height of at least 0, received ${received}.`,
    help: () => "give boxes as x, y of the top left corner, width and height in pixels.",
  },
  "bad-option": {
    kind: "input",
    message: ({ name, expected, received }: { name: string; expected: string; received: unknown }) =>
      `option ${name}: expected ${expected}, received ${String(received)}.`,
    help: ({ name, expected }: { name: string; expected: string }) => `set ${name} to ${expected}.`,
  },
  "unknown-image": {
    kind: "input",
    message: ({ where, received }: { where: string; received: string }) =>
      `${where}: expected one of the images of the split, received ${JSON.stringify(received)}.`,
    help: () => "list every image, those without an object too, and name each one the same way everywhere.",
  },
  "repeated-image": {
    kind: "input",
    message: ({ received }: { received: string }) =>
      `images: expected each image once, received ${JSON.stringify(received)} again.`,
    help: () => "list every image once.",
  },
  "unknown-kind": {
    kind: "input",
    message: ({ where, expected, received }: { where: string; expected: readonly string[]; received: string }) =>
      `${where}: expected kind ${expected.join(", ")}, received ${JSON.stringify(received)}.`,
    help: ({ expected }: { expected: readonly string[] }) => `mark every box as one of ${expected.join(", ")}.`,
  },
  "bad-value": {
    kind: "input",
    message: ({ where, expected, received }: { where: string; expected: string; received: number }) =>
      `${where}: expected ${expected}, received ${received}.`,
    help: () => "give NaN as the target of a sample without a label; a prediction is always a finite number.",
  },
  "label-count": {
    kind: "input",
    message: ({ where, expected, received }: { where: string; expected: number; received: number }) =>
      `${where}: expected ${expected} labels, received ${received}.`,
    help: () => "give every row one value for each label, and NaN as the target of one that is missing.",
  },
  "bad-landmarks": {
    kind: "input",
    message: ({ where, expected, received }: { where: string; expected: string; received: string }) =>
      `${where}: expected ${expected}, received ${received}.`,
    help: () => "give x, y for each point of both faces, NaN for a point without a label, and null for a missed face.",
  },
  "bad-mask": {
    kind: "input",
    message: ({ where, expected, received }: { where: string; expected: string; received: string }) =>
      `${where}: expected ${expected}, received ${received}.`,
    help: () => "make masks of the size of their picture, as runs down the columns or as polygons.",
  },
  "bad-category": {
    kind: "input",
    message: ({ where, expected, received }: { where: string; expected: string; received: number }) =>
      `${where}: expected ${expected}, received ${received}.`,
    help: () => "number the categories of predictions as those of the truth.",
  },
  "missing-labels": {
    kind: "missing",
    message: ({ folder, expected }: { folder: string; expected: readonly string[] }) =>
      `${folder}: expected label files of one of these layouts: ${expected.join("; ")}; received none of them.`,
    help: () =>
      "name the folder that holds the label files, and see docs/evaluation.md for the layouts of each protocol.",
  },
  "unknown-part": {
    kind: "missing",
    message: (d: { protocol: string; folder: string; part: string; known: readonly string[] }) =>
      `${d.folder}: expected labelled samples of part ${d.part} for ${d.protocol}, received ${
        d.known.length === 0 ? "none" : `only those of ${d.known.join(", ")}`
      }.`,
    help: ({ known }: { known: readonly string[] }) =>
      known.length === 0 ? "name a folder with labelled samples." : `choose one of ${known.join(", ")}.`,
  },
  "split-mismatch": {
    kind: "input",
    message: (d: { protocol: string; part: string; expected: string; received: string }) =>
      `${d.protocol}, part ${d.part}: expected ${d.expected}, received ${d.received}.`,
    help: () =>
      "fetch the release again, complete and unchanged: scores of another split cannot be compared; `--mismatch custom` scores it all the same, and calls the split custom.",
  },
  "nothing-left": {
    kind: "input",
    message: (d: { protocol: string; part: string; received: number }) =>
      `${d.protocol}, part ${d.part}: expected samples that the model was not trained on, received ${d.received}, all of which it was trained on.`,
    help: () => "score another part, or other data, or another model.",
  },
  "unknown-protocol": {
    kind: "input",
    message: ({ received, known }: { received: string; known: readonly string[] }) =>
      `expected a protocol (${known.join(", ")}), received ${JSON.stringify(received)}.`,
    help: () => `"fovea protocols" lists them.`,
  },
  "table-format": {
    kind: "input",
    message: ({ where, expected, received }: { where: string; expected: string; received: string }) =>
      `${where}: expected ${expected}, received ${received}.`,
    help: () => "write a comma-separated table with a header; docs/evaluation.md names the columns of each file.",
  },
  "table-cell": {
    kind: "input",
    message: (d: { file: string; line: number; column: string; expected: string; received: string }) =>
      `${d.file}, line ${d.line}, column "${d.column}": expected ${d.expected}, received ${JSON.stringify(d.received)}.`,
    help: ({ line, column }: { line: number; column: string }) => `correct column "${column}" in line ${line}.`,
  },
  "json-format": {
    kind: "input",
    message: ({ where, expected, received }: { where: string; expected: string; received: string }) =>
      `${where}: expected ${expected}, received ${received}.`,
    help: () => "write JSON as docs/evaluation.md says; NaN and Infinity are no JSON numbers.",
  },
  "text-format": {
    kind: "input",
    message: ({ where, expected, received }: { where: string; expected: string; received: string }) =>
      `${where}: expected ${expected}, received ${received}.`,
    help: () => "write the file in its official format; docs/evaluation.md describes it.",
  },
  "missing-rows": {
    kind: "input",
    message: (d: { where: string; expected: number; missing: number; first: string }) =>
      `${d.where}: expected a row for each of the ${d.expected} samples of the split, ${d.missing} have none, the first is ${JSON.stringify(d.first)}.`,
    help: () => "give every sample a row; leave all other cells of it empty where a face was not found.",
  },
  "unscored-classes": {
    kind: "input",
    message: (d: { where: string; missing: readonly string[]; received: readonly string[] }) =>
      `${d.where}: expected labels for all classes of the split, received ${d.received.join(", ")} without ${d.missing.join(", ")}.`,
    help: () => "score a model of these classes, or name its labels as the protocol does.",
  },
  "no-trials": {
    kind: "input",
    message: ({ expected, received }: { expected: string; received: string }) =>
      `the split that a threshold is chosen on: expected ${expected}, received ${received}.`,
    help: () => "choose the threshold on a split with answers and with samples that may be false positives.",
  },
});
