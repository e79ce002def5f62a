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
});
