import { classificationMetrics, classificationTest } from "../classification.ts";
import type { Protocol } from "../protocol.ts";
import { anyFolderName, chooseSplit } from "../split.ts";
import { readFolder } from "./release.ts";

/** Any pictures with one class each. */
export const folder: Protocol = {
  id: "folder",
  title: "pictures with one class each, by a label file or by their folders",
  task: "classification",
  metrics: classificationMetrics,
  parts: [{ name: "test" }, { name: "valid" }, { name: "all" }, { name: "train" }],
  unit: "picture, or group where the label file has a column for it",
  data: { where: "your own", licence: "your own", source: "none: a protocol of our own" },
  rules: [
    "Part test is scored where there is one, else valid, else all; train only where it is all that there is.",
    "Classes that are 0 and 1 in a column NAME are answered by labels no and yes of a task NAME, or by NAME and its opposite (design).",
    "A label of the model that no picture has stays in the running: naming it is wrong (design).",
  ],
  published: [],
  async read(files, options = {}) {
    const { column, rows } = await readFolder(files);
    const classes = [...new Set(rows.map(({ name }) => name))].sort();
    const labelled = rows.map((row) => ({ ...row, label: [row.name] }));
    const chosen = await chooseSplit(folder, labelled, {
      ...options,
      layout: "packed",
      folder: files.name,
      nameOf: (part) => anyFolderName(part, files.name),
    });
    return classificationTest({
      ...chosen,
      modes: ["direct"],
      classes,
      otherLabels: "keep",
      ...(column === undefined ? {} : { topic: column, aliases: aliasesOf(column, classes) }),
      samples: chosen.rows.map(({ id, unit, name }) => ({
        id,
        picture: { file: id },
        unit,
        target: classes.indexOf(name),
      })),
    });
  },
};

/** What is not there, by what is, where the word is not "no". */
const opposites: Readonly<Record<string, string>> = { open: "closed" };

/** Names of models for classes that are 1 and 0 in a column such as `mask` or `open`. */
const aliasesOf = (column: string, classes: readonly string[]): Readonly<Record<string, string>> =>
  classes.join() === "0,1" ? { yes: "1", [column]: "1", no: "0", [opposites[column] ?? `no ${column}`]: "0" } : {};
