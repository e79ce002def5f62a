import type { z } from "zod";
import { type BackboneSpec, backboneOf } from "../backbones/table.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { TaskSpec } from "../tasks/table.ts";
import { sizeOfSide } from "./picture-size.ts";

/** The parts of a recipe that must fit one another. */
interface Parts {
  readonly data: { readonly kind: "samples" | "scenes" };
  readonly preprocessing: Preprocessing;
  readonly model: { readonly backbone: BackboneSpec; readonly tasks: readonly TaskSpec[] };
  readonly training: { readonly sizes: readonly { readonly until: number; readonly size: number }[] };
}

/** What each kind of data teaches, and the ways of fitting that training on it reproduces. */
const teaches = {
  samples: { tasks: ["classification"], fits: ["stretch", "cover"] },
  scenes: { tasks: ["detection"], fits: ["limit", "letterbox", "stretch"] },
} as const satisfies Record<
  Parts["data"]["kind"],
  { tasks: readonly TaskSpec["kind"][]; fits: readonly Preprocessing["fit"][] }
>;

/** Reports, at the field to mend, values of a recipe that are right alone but not together. */
export function checkAgreement({ data, preprocessing, model, training }: Parts, context: z.RefinementCtx): void {
  const report = (path: (string | number)[], expected: string, received: string | number) =>
    context.addIssue({ code: "custom", path, message: `expected ${expected}, received ${received}` });
  const { tasks, fits }: { tasks: readonly string[]; fits: readonly string[] } = teaches[data.kind];
  const backbone = backboneOf(model.backbone);
  const strides = backbone.strides(model.backbone);
  model.tasks.forEach((task, index) => {
    const at = ["model", "tasks", index];
    if (!tasks.includes(task.kind))
      report([...at, "kind"], `${tasks.join(" or ")} for data of kind ${data.kind}`, task.kind);
    if (model.tasks.findIndex(({ name }) => name === task.name) < index)
      report([...at, "name"], "a name of its own", task.name);
    if (task.kind === "detection" && !task.strides.every((stride, level) => stride === strides[level])) {
      report([...at, "strides"], `those of the backbone (${strides.join(", ")})`, task.strides.join(", "));
    }
  });
  if (!fits.includes(preprocessing.fit)) {
    report(["preprocessing", "fit"], `${fits.join(" or ")} for data of kind ${data.kind}`, preprocessing.fit);
  }
  if (data.kind === "scenes" && preprocessing.width !== preprocessing.height) {
    report(["preprocessing", "height"], `${preprocessing.width}, as scenes are square`, preprocessing.height);
  }
  const { multiple } = backbone;
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
