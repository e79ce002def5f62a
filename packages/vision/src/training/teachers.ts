import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createSession, readOnnx, type Session, type Tensor } from "@foveajs/graph";
import { sha256 as hashOf } from "#host";
import { faceGeometry } from "../data/five-points.ts";
import type { Label, PointsLabel } from "../data/types.ts";
import { errors } from "../errors.ts";
import { applyAffine } from "../image/affine.ts";
import { CARD_KEY, type ModelCard, readCard } from "../model/card.ts";
import { hasHash } from "../model/file-hash.ts";
import { viewOf } from "../model/view.ts";
import { probabilitiesOf } from "../tasks/classification.ts";
import { fiveOf, pointsOf } from "../tasks/landmarks.ts";
import type { TaskSpec } from "../tasks/table.ts";
import type { Recipe } from "./recipe.ts";
import type { SampleSet, SetSample, TaughtLabels } from "./sample-sets.ts";
import { inputOf, stacked } from "./validate-samples.ts";

type TeacherSpec = Recipe["teachers"][number];

/** A teacher that is open. */
interface Teacher {
  readonly session: Session;
  readonly input: string;
  /** Pictures that it reads in one run. */
  readonly together: number;
  readonly reads: Pick<ModelCard, "preprocessing" | "tasks" | "alignment">;
}

const BATCH = 64;

/**
 * Asks the teachers of a recipe about the training samples that lack a label: the answers depend on the files and the number of
 * threads alone. A doubtful answer is no label: one of classes below `at_least`, points whose five are further than `agreement`
 * (in sizes of the face) from the labelled five on average.
 */
export async function askTeachers(
  recipe: Recipe,
  sets: readonly SampleSet[],
  { folders, threads }: { folders: readonly string[]; threads: number },
): Promise<TaughtLabels> {
  const taught: Record<string, Record<string, Record<string, Label>>> = {};
  for (const set of sets) {
    const ofSet: Record<string, Record<string, Label>> = {};
    if (set.taught) taught[set.dataset.name] = ofSet;
    for (const [task, { teacher, output, at_least, agreement }] of Object.entries(set.taught ?? {})) {
      const spec = recipe.teachers.find(({ name }) => name === teacher)!;
      const open = await openTeacher(spec, { folders, threads });
      try {
        const told = open.reads.tasks.find(({ name }) => name === (output ?? task));
        if (!told) throw noTask(spec, output ?? task, open.reads.tasks);
        for await (const { entry, label } of answers(open, told, set)) {
          const kept = confident(label, entry, { at_least, agreement });
          if (!kept) continue;
          ofSet[entry.sample.id] = { ...ofSet[entry.sample.id], [task]: kept };
        }
      } finally {
        await open.session.dispose();
      }
    }
  }
  return taught;
}

async function openTeacher(
  { name, model }: TeacherSpec,
  { folders, threads }: { folders: readonly string[]; threads: number },
): Promise<Teacher> {
  if (!model) throw errors["teacher-file"]({ name, expected: "a model, since a data set asks it", received: "none" });
  const bytes = await firstOf([
    model.file,
    ...folders.flatMap((folder) => [join(folder, model.file), join(folder, "..", model.file)]),
  ]);
  if (!bytes)
    throw errors["teacher-file"]({
      name,
      expected: model.file,
      received: `nothing there, nor under ${folders.join(", ")}`,
    });
  if (!hasHash(bytes, model.sha256))
    throw errors["teacher-file"]({ name, expected: `SHA-256 ${model.sha256}`, received: hashOf(bytes) });
  const graph = readOnnx(bytes);
  const reads = model.reads ?? (CARD_KEY in graph.metadata ? readCard(graph, name) : undefined);
  const input = graph.inputs.find((value) => !graph.initializers.has(value.name));
  if (!reads || !input)
    throw errors["teacher-file"]({ name, expected: "a card, or model.reads in the recipe", received: "neither" });
  return {
    session: await createSession(bytes, { threads }),
    input: input.name,
    // a batch of fixed size is 1, since files with another are rare
    together: typeof input.shape?.[0] === "number" ? 1 : BATCH,
    reads,
  };
}

const firstOf = async (paths: readonly string[]): Promise<Uint8Array | undefined> => {
  for (const path of paths) {
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes) return bytes;
  }
  return undefined;
};

const noTask = ({ name }: TeacherSpec, task: string, tasks: readonly TaskSpec[]) =>
  errors["teacher-file"]({ name, expected: `task ${task}`, received: tasks.map((one) => one.name).join(", ") });

/** The teacher's answers for the training samples of a set, seen as the teacher sees pictures. */
async function* answers({ session, input, together, reads }: Teacher, task: TaskSpec, set: SampleSet) {
  const seen = { ...set, viewing: { ...set.viewing, framing: reads.alignment ?? set.viewing.framing } };
  const entries = set.dataset.samples.filter(({ split }) => split === "train").map((sample) => ({ sample, set: seen }));
  const size = reads.preprocessing.crop ?? reads.preprocessing;
  for (let start = 0; start < entries.length; start += together) {
    const part = entries.slice(start, start + together);
    const inputs = await Promise.all(part.map((entry) => inputOf(entry, reads.preprocessing)));
    const outputs: Readonly<Record<string, Tensor>> = await session.run(
      { [input]: stacked(inputs) },
      { transfer: true },
    );
    const values = outputs[task.name]!.data as Float32Array;
    const width = values.length / part.length;
    for (const [index, entry] of part.entries()) {
      const row = values.slice(index * width, (index + 1) * width);
      const { image } = inputs[index]!;
      const toPicture = viewOf(image, entry.sample, seen.viewing, reads.preprocessing, size);
      yield { entry, label: labelOf(task, row, (points) => applyAffine(toPicture, points), size) };
    }
  }
}

/** What a teacher's output for one picture is as a label. */
function labelOf(
  task: TaskSpec,
  row: Float32Array,
  placed: (points: PointsLabel["points"]) => PointsLabel["points"],
  size: { readonly width: number; readonly height: number },
): Label {
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
    case "detection":
      throw errors["teacher-file"]({
        name: task.name,
        expected: "a task whose answers can be labels",
        received: task.kind,
      });
  }
}

/** The label where the teacher is sure enough; of points, with the labelled five in the place of the teacher's. */
function confident(
  label: Label,
  { sample, set }: SetSample,
  { at_least, agreement }: { at_least: number; agreement: number },
): Label | undefined {
  if (label.kind === "distribution") return Math.max(...label.values) >= at_least ? label : undefined;
  if (label.kind !== "points" || set.viewing.alignedBy === undefined) return label;
  const own = sample.labels[set.viewing.alignedBy];
  if (own?.kind !== "points" || !label.five) return label;
  const { size } = faceGeometry(own.points);
  const apart = own.points.map(([x, y], i) => Math.hypot(x - label.five![i]![0], y - label.five![i]![1]) / size);
  const mean = apart.reduce((sum, distance) => sum + distance, 0) / apart.length;
  return mean <= agreement ? { ...label, five: own.points } : undefined;
}
