import type { z } from "zod";
import { type BackboneSpec, backboneOf } from "../backbones/table.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { TaskSpec } from "../tasks/table.ts";
import { sizeOfSide } from "./picture-size.ts";
import { teachingDefaults } from "./recipe-data.ts";

type TeachingField = keyof typeof teachingDefaults;
type TeachingFields = { readonly [Field in TeachingField]: number | boolean };

/** Kinds of tasks whose answers each field of `taught` changes. */
const heeded = {
  at_least: ["classification", "multilabel", "ordinal"],
  mirror: ["classification"],
  share: ["classification"],
  agreement: ["landmarks"],
} as const satisfies Record<TeachingField, readonly TaskSpec["kind"][]>;

/** The parts of a recipe that must fit one another. */
interface Parts {
  readonly data:
    | {
        readonly kind: "samples";
        readonly sets: readonly {
          readonly aligned_by?: string;
          readonly per_batch?: number;
          readonly taught: Readonly<Record<string, { readonly teacher: string } & TeachingFields>>;
        }[];
        readonly augmentation: { readonly mixup?: object | undefined };
      }
    | { readonly kind: "scenes" | "boxes" };
  readonly card: { readonly alignment?: unknown };
  readonly teachers: readonly { readonly name: string }[];
  readonly preprocessing: Preprocessing;
  readonly model: {
    readonly backbone?: BackboneSpec | undefined;
    readonly from?: { readonly heads: readonly string[] } | undefined;
    readonly drop_path?: number | undefined;
    readonly tasks: readonly TaskSpec[];
  };
  readonly training: {
    readonly batch: number;
    readonly loss_weights: Readonly<Record<string, number>>;
    readonly loss_balance: string;
    readonly patience?: number | undefined;
    readonly moment: string;
    readonly sizes: readonly { readonly until: number; readonly size: number }[];
  };
}

/** What each kind of data teaches, and the ways of fitting that training on it reproduces. */
const teaches = {
  samples: {
    tasks: ["classification", "landmarks", "multilabel", "ordinal", "regression"],
    fits: ["stretch", "cover"],
  },
  scenes: { tasks: ["detection"], fits: ["limit", "letterbox", "stretch"] },
  boxes: { tasks: ["detection"], fits: ["limit"] },
} as const satisfies Record<
  Parts["data"]["kind"],
  { tasks: readonly TaskSpec["kind"][]; fits: readonly Preprocessing["fit"][] }
>;

/** Reports, at the field to mend, values of a recipe that are right alone but not together. */
export function checkAgreement(
  { data, card, teachers, preprocessing, model, training }: Parts,
  context: z.RefinementCtx,
): void {
  const report = (path: (string | number)[], expected: string, received: string | number) =>
    context.addIssue({ code: "custom", path, message: `expected ${expected}, received ${received}` });
  const { tasks, fits }: { tasks: readonly string[]; fits: readonly string[] } = teaches[data.kind];
  // a foreign backbone has one map of any stride
  const strides = model.backbone ? backboneOf(model.backbone).strides(model.backbone) : [];
  const multiple = model.backbone ? backboneOf(model.backbone).multiple : 1;
  if (!model.backbone && model.drop_path)
    report(["model", "drop_path"], "a backbone of Fovea, whose blocks it leaves out", "none");
  const taskNames = model.tasks.map(({ name }) => name);
  const mustBeTask = (path: (string | number)[], name: string) => {
    if (!taskNames.includes(name)) report(path, `a task (${taskNames.join(", ")})`, name);
  };
  for (const name of model.from?.heads ?? []) mustBeTask(["model", "from", "heads"], name);
  if (!model.backbone && model.from?.heads.length)
    report(["model", "from", "heads"], "none where the file's graph is the backbone", model.from.heads.join(", "));
  if (!model.backbone && !model.from) report(["model", "backbone"], "a backbone, or model.from", "neither");
  model.tasks.forEach((task, index) => {
    const at = ["model", "tasks", index];
    if (!tasks.includes(task.kind))
      report([...at, "kind"], `${tasks.join(" or ")} for data of kind ${data.kind}`, task.kind);
    if (taskNames.indexOf(task.name) < index) report([...at, "name"], "a name of its own", task.name);
    if (task.kind === "detection" && !task.strides.every((stride, level) => stride === strides[level])) {
      report([...at, "strides"], `those of the backbone (${strides.join(", ")})`, task.strides.join(", "));
    }
  });
  for (const name of Object.keys(training.loss_weights)) mustBeTask(["training", "loss_weights", name], name);
  if (data.kind !== "samples") {
    // heads of detectors look at maps, and are not fitted anew
    if (training.moment === "per-task")
      report(["training", "moment"], "last or common for data of this kind", "per-task");
    if (training.loss_balance === "count") report(["training", "loss_balance"], "hand or uncertainty", "count");
  }
  if (data.kind === "samples") {
    const unmixed = model.tasks.find(({ kind }) => kind !== "classification" && kind !== "multilabel");
    if (data.augmentation.mixup && unmixed)
      report(["data", "augmentation", "mixup"], "none with tasks but classification and multilabel", unmixed.kind);
    const perBatch = data.sets.map(({ per_batch }) => per_batch ?? 0);
    const sum = perBatch.reduce((total, count) => total + count, 0);
    if (sum > 0 && (sum !== training.batch || perBatch.includes(0)))
      report(["training", "batch"], `the sum of per_batch, told for every set or for none (${sum})`, training.batch);
    data.sets.forEach(({ aligned_by, taught }, index) => {
      if (aligned_by !== undefined && !card.alignment)
        report(["data", "sets", index, "aligned_by"], "card.alignment, which says how faces are cut out", "none");
      for (const [task, { teacher, ...fields }] of Object.entries(taught)) {
        const at = ["data", "sets", index, "taught", task];
        const names = teachers.map(({ name }) => name).join(", ") || "none is named";
        if (!teachers.some(({ name }) => name === teacher)) report(at, `one of the teachers (${names})`, teacher);
        const kind = model.tasks.find(({ name }) => name === task)?.kind;
        mustBeTask(at, task);
        for (const field of Object.keys(heeded) as TeachingField[]) {
          const kinds: readonly string[] = heeded[field];
          if (kind === undefined || kinds.includes(kind) || fields[field] === teachingDefaults[field]) continue;
          report([...at, field], `none, as it is for ${kinds.join(", ")}`, `${fields[field]} for ${kind}`);
        }
      }
    });
  }
  if (!fits.includes(preprocessing.fit)) {
    report(["preprocessing", "fit"], `${fits.join(" or ")} for data of kind ${data.kind}`, preprocessing.fit);
  }
  if (data.kind !== "samples" && preprocessing.width !== preprocessing.height) {
    report(["preprocessing", "height"], `${preprocessing.width}, as scenes are square`, preprocessing.height);
  }
  if (preprocessing.fit === "limit" && preprocessing.multiple % multiple !== 0) {
    report(["preprocessing", "multiple"], `a multiple of ${multiple} for this backbone`, preprocessing.multiple);
  }
  training.sizes.forEach(({ until, size }, index) => {
    const { width, height } = sizeOfSide(size, preprocessing);
    const at = ["training", "sizes", index];
    if (width % multiple !== 0 || height % multiple !== 0)
      report([...at, "size"], `sides that are multiples of ${multiple}`, `${width}x${height}`);
    if (index > 0 && until <= training.sizes[index - 1]!.until)
      report([...at, "until"], "a greater share than the one before", until);
  });
}
