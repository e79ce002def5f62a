import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createSession, readOnnx, type Session, type Tensor } from "@foveajs/graph";
import { sha256 as hashOf } from "#host";
import type { Label } from "../data/types.ts";
import { errors } from "../errors.ts";
import type { ModelInput } from "../image/preprocess.ts";
import { CARD_KEY, type ModelCard, readCard } from "../model/card.ts";
import { hasHash } from "../model/file-hash.ts";
import { viewOf } from "../model/view.ts";
import type { TaskSpec } from "../tasks/table.ts";
import type { Recipe } from "./recipe.ts";
import type { SampleSet, TaughtLabels } from "./sample-sets.ts";
import { answerOf, confident, misfitOf, mixedWith, withMirrored } from "./teacher-answers.ts";
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
 * Asks the teachers of a recipe about the training samples: the answers depend on the files and the number of threads alone.
 * A doubtful answer is no label: one of classes or grades below `at_least`, each of several things alone, points whose five are further than `agreement` (in sizes of the
 * face) from the labelled five on average. Where a sample has a label of classes already, the answer is mixed with it by `share`:
 * distillation into the mean of both, as in Hinton et al., arXiv:1503.02531, section 2, at a temperature of 1.
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
    for (const [task, { teacher, output, mirror, share, ...sure }] of Object.entries(set.taught ?? {})) {
      const spec = recipe.teachers.find(({ name }) => name === teacher)!;
      const open = await openTeacher(spec, { folders, threads });
      try {
        const told = open.reads.tasks.find(({ name }) => name === (output ?? task));
        if (!told) throw noTask(spec, output ?? task, open.reads.tasks);
        const own = recipe.model.tasks.find(({ name }) => name === task);
        const misfit = own && misfitOf(own, told);
        if (misfit) throw errors["teacher-file"]({ name: spec.name, ...misfit });
        for await (const { entry, label } of answers(open, told, set, { mirror })) {
          const kept = confident(label, entry, told, sure);
          if (!kept) continue;
          const given = entry.sample.labels[set.labelName(task)];
          ofSet[entry.sample.id] = { ...ofSet[entry.sample.id], [task]: mixedWith(given, kept, share) };
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

/** The teacher's answers for the training samples of a set, seen as the teacher sees pictures; `mirror`: from both sides, the mean. */
async function* answers(
  { session, input, together, reads }: Teacher,
  task: TaskSpec,
  set: SampleSet,
  { mirror }: { mirror: boolean },
) {
  const seen = { ...set, viewing: { ...set.viewing, framing: reads.alignment ?? set.viewing.framing } };
  const entries = set.dataset.samples.filter(({ split }) => split === "train").map((sample) => ({ sample, set: seen }));
  const size = reads.preprocessing.crop ?? reads.preprocessing;
  const rowsOf = async (inputs: readonly ModelInput[]) => {
    const outputs: Readonly<Record<string, Tensor>> = await session.run(
      { [input]: stacked(inputs) },
      { transfer: true },
    );
    const values = outputs[task.name]!.data as Float32Array;
    const width = values.length / inputs.length;
    return inputs.map((_, index) => values.slice(index * width, (index + 1) * width));
  };
  for (let start = 0; start < entries.length; start += together) {
    const part = entries.slice(start, start + together);
    const inputs = await Promise.all(part.map((entry) => inputOf(entry, reads.preprocessing)));
    const others =
      mirror && (task.kind === "classification" || task.kind === "ordinal")
        ? await rowsOf(inputs.map(mirroredInput))
        : [];
    const rows = await rowsOf(inputs);
    for (const [index, entry] of part.entries()) {
      const toPicture = viewOf(inputs[index]!.image, entry.sample, seen.viewing, reads.preprocessing, size);
      const label = answerOf(task, rows[index]!, { toPicture, size });
      const other = others[index] && answerOf(task, others[index], { toPicture, size });
      yield { entry, label: other ? withMirrored(label, other, task) : label };
    }
  }
}

/** The input with left and right changed. */
function mirroredInput(input: ModelInput): ModelInput {
  const [, , width] = input.shape;
  const data = input.data.slice();
  for (let start = 0; start < data.length; start += width) data.subarray(start, start + width).reverse();
  return { ...input, data };
}
