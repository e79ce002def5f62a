import { faceGeometry } from "../data/five-points.ts";
import type { Label, PointsLabel } from "../data/types.ts";
import { errors } from "../errors.ts";
import { type Affine, applyAffine } from "../image/affine.ts";
import { taskOf } from "../model/network.ts";
import { probabilitiesOf } from "../tasks/classification.ts";
import { fiveOf, pointsOf } from "../tasks/landmarks.ts";
import { gradesOf } from "../tasks/ordinal.ts";
import type { TaskSpec } from "../tasks/table.ts";
import type { InputSize } from "../tasks/task.ts";
import type { SetSample } from "./sample-sets.ts";

/** Kinds of a teacher's task whose answers are labels of a task of each kind. */
const answering: { readonly [Kind in TaskSpec["kind"]]: readonly TaskSpec["kind"][] } = {
  classification: ["classification", "ordinal"],
  ordinal: ["ordinal", "classification"],
  multilabel: ["multilabel"],
  regression: ["regression"],
  landmarks: ["landmarks"],
  detection: [],
};

/** What the answers of a teacher's task must be to be labels of a task, where they are not that; undefined where they are. */
export function misfitOf(task: TaskSpec, told: TaskSpec): { expected: string; received: string } | undefined {
  if (!answering[task.kind].includes(told.kind))
    return { expected: `${answering[task.kind].join(" or ") || "no teacher"} for ${task.name}`, received: told.kind };
  const [own, theirs] = [task, told].map(countOf);
  return own === theirs ? undefined : { expected: `${own} answers for ${task.name}`, received: `${theirs}` };
}

/** Classes, grades, things or numbers of a task; points come in several schemes. */
const countOf = (task: TaskSpec): number | undefined =>
  task.kind === "regression" ? task.values.length : "labels" in task ? task.labels?.length : undefined;

/** What a teacher's output for one picture is as a label. */
export function answerOf(
  task: TaskSpec,
  row: Float32Array,
  { toPicture, size }: { toPicture: Affine; size: InputSize },
): Label {
  const placed = (points: PointsLabel["points"]) => applyAffine(toPicture, points);
  switch (task.kind) {
    case "classification":
      return { kind: "distribution", values: probabilitiesOf(row, task) };
    case "landmarks":
      return {
        kind: "points",
        points: placed(pointsOf(row, size)),
        five: placed(fiveOf(pointsOf(row, size), task.scheme)),
      };
    case "multilabel":
      return { kind: "values", values: Array.from(row, (logit) => 1 / (1 + Math.exp(-logit))) };
    case "regression":
      return { kind: "values", values: Array.from(row) };
    case "ordinal":
      return { kind: "distribution", values: gradesOf(row) };
    case "detection":
      throw errors["teacher-file"]({
        name: task.name,
        expected: "a task whose answers can be labels",
        received: task.kind,
      });
  }
}

/** The mean of what a teacher says of a picture's classes and of those of its mirror image; other answers as they are. */
export function withMirrored(label: Label, other: Label, task: TaskSpec): Label {
  if (label.kind !== "distribution") return label;
  const { place } = taskOf(task);
  const placed = place ? place(other, task, { toInput: [1, 0, 0, 0, 1, 0], isMirrored: true }) : other;
  return mixedWith(label, placed as Label, 0.5);
}

/** What a sample is labelled with, `share` of it by the teacher; what the teacher does not know stays as people said. */
export function mixedWith(own: Label | undefined, told: Label, share: number): Label {
  if (told.kind === "values" && own?.kind === "values")
    return { ...told, values: told.values.map((value, k) => (Number.isNaN(value) ? own.values[k]! : value)) };
  if (told.kind !== "distribution" || (own?.kind !== "class" && own?.kind !== "distribution")) return told;
  const ownShare = (k: number) => (own.kind === "class" ? Number(own.index === k) : own.values[k]!);
  return { ...told, values: told.values.map((value, k) => share * value + (1 - share) * ownShare(k)) };
}

/**
 * The label where the teacher is sure enough: of classes and grades all or none, of things that are there or not each by itself, the
 * others NaN (unknown); of points, with the labelled five in the place of the teacher's.
 */
export function confident(
  label: Label,
  { sample, set }: SetSample,
  { kind }: Pick<TaskSpec, "kind">,
  { at_least, agreement }: { at_least: number; agreement: number },
): Label | undefined {
  if (label.kind === "values" && kind === "multilabel") {
    const values = label.values.map((chance) => (Math.max(chance, 1 - chance) < at_least ? Number.NaN : chance));
    return values.every(Number.isNaN) ? undefined : { ...label, values };
  }
  if (label.kind === "distribution") return Math.max(...label.values) >= at_least ? label : undefined;
  if (label.kind !== "points" || set.viewing.alignedBy === undefined) return label;
  const own = sample.labels[set.viewing.alignedBy];
  if (own?.kind !== "points" || !label.five) return label;
  const { size } = faceGeometry(own.points);
  const apart = own.points.map(([x, y], i) => Math.hypot(x - label.five![i]![0], y - label.five![i]![1]) / size);
  const mean = apart.reduce((sum, distance) => sum + distance, 0) / apart.length;
  return mean <= agreement ? { ...label, five: own.points } : undefined;
}
