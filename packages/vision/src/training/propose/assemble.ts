import type { holdOut } from "./hold-out.ts";
import type { Inspection } from "./inspect.ts";
import { backboneFor, growingSizes, multipleOf } from "./network.ts";
import type { TaskFields } from "./own-tasks.ts";
import type { StartModel } from "./start-model.ts";

/** All that is known before the pace is measured. */
export interface Chosen {
  readonly name: string;
  readonly kind: "samples" | "boxes";
  readonly seen: Inspection;
  readonly divided: ReturnType<typeof holdOut>;
  readonly tasks: readonly TaskFields[];
  readonly start: StartModel | undefined;
  readonly flip: number;
  readonly batch: number;
  /** Last name of the folder. */
  readonly data: string;
}

/** From this batch on the learning rates of the shipped recipes serve; on few pictures, with few steps, lower ones learned less. */
const LEAST_BATCH = 32;
/** 1 / 255, as recipes write it. */
const BYTE = 0.00392156862745098;

/** The fields of a recipe, in the order in which they are written. */
export function assemble(
  chosen: Chosen,
  { side, epochs, validateEvery }: { side: number; epochs: number; validateEvery: number },
): object {
  const { name, kind, divided, tasks, start, batch } = chosen;
  const backbone = start && !start.backbone ? undefined : (start?.backbone ?? backboneFor(kind, side));
  const multiple = backbone ? multipleOf(backbone) : 4;
  const preprocessing = kind === "boxes" ? boxesInput(chosen, side) : samplesInput(chosen, side, multiple);
  const steps = Math.max(1, Math.round((divided.train.length / batch) * epochs));
  const { hold_out, ...set } = divided.set;
  return {
    name,
    seed: divided.seed,
    card: {
      summary: summaryOf(chosen),
      licence: "as its maker decides; see sources for the terms of the pictures",
      limits: "Measured on pictures like those it was trained on, and on no others.",
    },
    data: {
      kind,
      sets: [{ ...set, ...(hold_out > 0 ? { hold_out } : {}) }],
      augmentation: augmentationOf(chosen),
    },
    preprocessing,
    model: {
      ...(start?.standardize === undefined ? {} : { standardize: start.standardize }),
      ...(start ? { from: start.from } : {}),
      ...(backbone ? { backbone } : {}),
      tasks,
    },
    training: {
      batch,
      epochs,
      sizes: backbone && grows(chosen, multiple) ? growingSizes(side, multiple) : [{ until: 1, size: side }],
      schedule: { name: "cosine", warmup: 0.15, start: 0.02, end: 0.001 },
      groups: groupsFor(start, batch),
      // the average reaches over a tenth of the training at most
      average_decay: Number(Math.min(0.998, Math.max(0.5, 1 - 12 / steps)).toFixed(4)),
      ...(validateEvery > 1 ? { validate_every: validateEvery } : {}),
    },
  };
}

/** Smaller pictures in the same proportions have sides that are whole and fit the backbone. */
const grows = ({ kind, seen }: Chosen, multiple: number): boolean =>
  kind === "boxes" || multiple <= 4 || isSquare(seen);

const isSquare = ({ width, height }: Inspection): boolean => Math.min(width, height) / Math.max(width, height) > 0.9;

const summaryOf = ({ tasks, data }: Chosen): string => {
  const told = tasks.map(({ kind, name, labels }) => {
    const list = (labels as readonly string[] | undefined) ?? [];
    const some = list.length > 12 ? `${list.slice(0, 10).join(", ")} and ${list.length - 10} more` : list.join(", ");
    return `${name} (${kind}${some ? `: ${some}` : ""})`;
  });
  return `${told.join("; ")}, learned from the pictures in ${data}.`;
};

const jitter = (isGray: boolean) => ({ brightness: 0.2, contrast: 0.2, ...(isGray ? {} : { gain: 0.05 }) });

function augmentationOf({ kind, flip, seen }: Chosen): object {
  const colours = jitter(seen.isGray);
  if (kind === "boxes") return { flip, zoom: 1.6, ...colours };
  return { flip, rotation: 10, scale: 1.15, shift: 0.08, ...colours };
}

/** Colours as the start knows them, or by the pictures' own mean and deviation. */
const coloursOf = ({ start, seen }: Chosen) =>
  start?.colours ?? { color: seen.isGray ? "gray" : "rgb", scale: BYTE, mean: seen.mean, std: seen.std };

/** Sides in the proportions of most pictures; what deviates is cut, nothing is distorted. */
function samplesInput(chosen: Chosen, side: number, multiple: number): object {
  const { width, height } = chosen.seen;
  const ratio = Math.min(width, height) / Math.max(width, height);
  const shorter = isSquare(chosen.seen)
    ? side
    : Math.max(multiple, 8, Math.round((side * ratio) / multiple) * multiple);
  const sides = width >= height ? { width: side, height: shorter } : { width: shorter, height: side };
  const fixed =
    chosen.start?.width === undefined ? sides : { width: chosen.start.width, height: chosen.start.height ?? side };
  return { ...fixed, fit: "cover", filter: "bilinear", ...coloursOf(chosen) };
}

const boxesInput = (chosen: Chosen, side: number): object => ({
  width: side,
  height: side,
  fit: "limit",
  multiple: 32,
  filter: "bilinear",
  pad_value: 114,
  ...coloursOf(chosen),
});

/** Rates of the shipped recipes, by the root of a small batch; lower ones for what is trained further. */
function groupsFor(start: StartModel | undefined, batch: number): object[] {
  const share = Math.min(1, Math.sqrt(batch / LEAST_BATCH));
  const rate = (usual: number) => Number((usual * share).toPrecision(3));
  const adamw = { optimizer: "adamw", options: { beta2: 0.98 } };
  if (start && !start.backbone) {
    // MobileFaceNet on masks: 95.2 % of held-out pictures at 0.003, where the loss rose halfway; 99.5 % at this rate, and
    // with its own mean and deviation, in fewer epochs
    return [
      { ...adamw, rate: rate(0.0007), weight_decay: 0.02, roles: ["hidden", "edge"] },
      { ...adamw, rate: rate(0.0007), roles: ["vector"] },
    ];
  }
  return [
    { optimizer: "muon", rate: rate(start ? 0.01 : 0.02), weight_decay: 0.02, roles: ["hidden"] },
    { ...adamw, rate: rate(0.003), weight_decay: 0.02, roles: ["edge"] },
    { ...adamw, rate: rate(0.003), roles: ["vector"] },
  ];
}
