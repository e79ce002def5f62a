import type { Start } from "../../model/start.ts";
import type { DataPlaces } from "../data-places.ts";
import type { TrainingNote, TrainingProposal } from "../events.ts";
import { type LoadedRecipe, parseRecipe, type Recipe, recipeSchema } from "../recipe.ts";
import { assemble, type Chosen } from "./assemble.ts";
import { flipNote } from "./flip.ts";
import { holdOut } from "./hold-out.ts";
import { type Inspection, type InspectOptions, inspect } from "./inspect.ts";
import { measurePace } from "./measure-pace.ts";
import { affordableSide, backboneFor, growingSizes, meanCost, multipleOf, sidesFor } from "./network.ts";
import type { OwnData } from "./own-data.ts";
import { ownTasks } from "./own-tasks.ts";
import { recipeText } from "./recipe-text.ts";
import type { StartModel } from "./start-model.ts";

/** A recipe for pictures of one's own, and how it came about. */
export interface Proposal extends Pick<TrainingProposal, "notes" | "skipped"> {
  readonly loaded: LoadedRecipe;
}

/** What is known of a training before its pictures are looked at. */
export interface Wish {
  readonly name: string;
  readonly data: OwnData;
  /** What the pictures are called in the card. */
  readonly pictures: string;
  /** Whether pictures may be mirrored; absent: as the data suggest. */
  readonly flip?: boolean | undefined;
  /** How long all may take. */
  readonly minutes: number;
  readonly start?: StartModel | undefined;
  /** The file of the start. */
  readonly files?: Start | undefined;
}

export interface ProposeOptions {
  readonly threads: number;
  readonly signal: AbortSignal;
  /** The command that was asked for; the first line of the recipe. */
  readonly command: string;
  readonly dataFolders: DataPlaces;
  /** Least seconds that the pace is measured at a size; 3 unless told. */
  readonly paceSeconds?: number | undefined;
  /** Side of the pictures at which the pace is measured first, in pixels; unless told the largest up to 64, for boxes 192. */
  readonly firstSide?: number;
  /** Seconds that opening a session takes, as every validation does; 0 unless told. */
  readonly sessionSeconds?: number;
}

/** Seconds that writing and compiling take besides the steps, and the share of the rest that the plan counts on. */
const RESERVE = 6;
const COUNTED_ON = 0.9;
/** A validation may take this share of the time of training. */
const VALIDATION_SHARE = 0.1;
/** What reading a picture for validation costs, as a share of learning from it: forward only. */
const VALIDATION_COST = 0.45;

/** Samples to learn from that are worth their time: at least, most, for each picture, and passes that still teach something. */
const wanted = {
  samples: { least: 12_000, most: 300_000, each: 24, passes: { total: 200_000, least: 20, most: 160 } },
  boxes: { least: 3_000, most: 100_000, each: 8, passes: { total: 80_000, least: 20, most: 120 } },
} as const;

/** Sessions that a training opens besides those of its validations: two sizes, the probes, the golden output. */
const SESSIONS = 5;

/**
 * Looks at pictures that are opened and proposes a complete recipe for them: tasks from the labels, input from the pictures' sizes and
 * colours, what may be mirrored, what is held out, the network and the size that the time allows, by the measured pace of the first steps.
 */
export async function proposeFor(
  { name, data, pictures, flip: asked, minutes, start, files }: Wish,
  options: ProposeOptions & Pick<InspectOptions, "sizeOf">,
): Promise<Proposal> {
  const begun = performance.now();
  const kind = data.hasBoxes ? "boxes" : "samples";
  const seen = await inspect(
    data.dataset,
    data.dataset.samples.filter(({ split }) => split !== "test"),
    options,
  );
  const { skipped } = seen;
  const divided = holdOut(data.dataset, { ...data, skip: skipped.map(({ picture }) => picture) });
  const { tasks, notes: taskNotes } = ownTasks(data.dataset, divided.train);
  const flip = flipNote(asked, {
    classes: Object.values(data.dataset.classes).flat(),
    isGray: seen.isGray,
    hasNumbers: tasks.some((task) => task.kind === "regression"),
  });
  const chosen: Chosen = {
    name,
    kind,
    seen,
    divided,
    tasks,
    start,
    flip: flip.share,
    batch: batchOf(kind, divided.train.length),
    data: pictures,
  };
  const reserve = RESERVE + SESSIONS * (options.sessionSeconds ?? 0);
  const left = () => (minutes * 60 - (performance.now() - begun) / 1000 - reserve) * COUNTED_ON;
  const plan = await planned(chosen, { ...options, files, left });
  const notes: TrainingNote[] = [
    ...taskNotes,
    divided.note,
    ...(start ? [startNote(start.note, start.colours.color === "gray" && !seen.isGray)] : []),
    inputNote(seen, plan.recipe),
    { what: flip.what, value: flip.value, why: flip.why },
    ...plan.notes,
  ];
  const text = recipeText(plan.fields, { command: options.command, notes });
  return { loaded: parseRecipe(text, "the proposed recipe"), notes, skipped };
}

/** A batch of 16 suits the layout of training; more where there is enough that an epoch still has many steps. */
function batchOf(kind: Chosen["kind"], samples: number): number {
  const fitting = kind === "boxes" ? (samples < 64 ? 8 : 16) : samples < 400 ? 16 : samples < 3000 ? 32 : 64;
  return Math.min(fitting, samples);
}

interface Planned {
  readonly fields: object;
  readonly recipe: Recipe;
  readonly notes: readonly TrainingNote[];
}

/** Chooses the size of the pictures and the number of epochs by the measured pace. */
async function planned(
  chosen: Chosen,
  { files, left, ...options }: ProposeOptions & { readonly files: Start | undefined; readonly left: () => number },
): Promise<Planned> {
  const { kind, seen, divided, batch, start } = chosen;
  const { firstSide = kind === "boxes" ? 192 : 64 } = options;
  const samples = divided.train.length;
  const { least, most, each, passes } = wanted[kind];
  const draws = Math.min(most, Math.max(least, each * samples));
  const candidates = sidesOf(chosen);
  const fieldsOf = (side: number, epochs: number, validateEvery = 1) =>
    assemble(chosen, { side, epochs, validateEvery });
  const measure = async (side: number): Promise<number> => {
    const recipe = recipeSchema.parse(fieldsOf(side, 1));
    return (await measurePace(recipe, { ...options, start: files, samples, seconds: options.paceSeconds })) / batch;
  };
  const multiple = multipleOf(start?.backbone ?? backboneFor(kind, candidates[0]!));
  const costOf = (side: number, seconds: number) => draws * seconds * meanCost(growingSizes(side, multiple));
  let side = candidates.findLast((candidate) => candidate <= firstSide) ?? candidates[0]!;
  let seconds = await measure(side);
  const better = affordableSide(candidates, { budget: left(), draws, known: side, seconds });
  if (better !== side) {
    side = better;
    seconds = await measure(side);
  }
  for (let index = candidates.indexOf(side); index > 0 && costOf(side, seconds) > 1.4 * left(); index--) {
    side = candidates[index - 1]!;
    seconds = await measure(side);
  }
  const epochSeconds = (costOf(side, seconds) / draws) * samples;
  const validSeconds = divided.valid.length * seconds * VALIDATION_COST + (options.sessionSeconds ?? 0);
  const validateEvery = Math.max(1, Math.ceil(validSeconds / (VALIDATION_SHARE * epochSeconds)));
  const affordable = Math.max(0, left()) / (epochSeconds + validSeconds / validateEvery);
  const limit = Math.min(passes.most, Math.max(passes.least, Math.round(passes.total / samples)));
  const epochs =
    affordable < 1 ? Math.max(0.1, Number(affordable.toFixed(2))) : Math.min(limit, Math.floor(affordable));
  const fields = fieldsOf(side, epochs, validateEvery);
  const expected = (epochs * (epochSeconds + validSeconds / validateEvery)) / 60;
  const longer = Math.max(seen.width, seen.height);
  const notes: TrainingNote[] = [
    {
      what: "size",
      value: `${side} pixels on the longer side`,
      why:
        candidates.length === 1
          ? "the model that it starts from takes no other"
          : side === candidates.at(-1)
            ? `the pictures have ${longer}`
            : `the pictures have ${longer}; the largest at which the time allows enough passes`,
    },
    {
      what: "epochs",
      value: `${epochs}`,
      why: `${Math.round(1 / seconds)} pictures a second at this size: about ${expected < 1 ? expected.toFixed(1) : Math.round(expected)} minutes${epochs === limit ? "; more passes would teach little" : ""}${start ? ", from what the start knows" : ""}`,
    },
  ];
  return { fields, recipe: recipeSchema.parse(fields), notes };
}

/** Sides to choose from: one where the start fixes it. */
function sidesOf({ kind, seen, start }: Chosen): readonly number[] {
  if (start?.width !== undefined || start?.height !== undefined) return [Math.max(start.width ?? 0, start.height ?? 0)];
  const fitting = sidesFor(kind, Math.max(seen.width, seen.height));
  if (!start) return fitting;
  // foreign graphs halve their maps up to five times
  const multiple = start.backbone ? multipleOf(start.backbone) : 32;
  const possible = fitting.filter((side) => side % multiple === 0);
  return possible.length > 0 ? possible : [multiple];
}

const startNote = (note: TrainingNote, losesColour: boolean): TrainingNote =>
  losesColour ? { ...note, why: `${note.why}; it sees gray, so the pictures' colours are lost` } : note;

function inputNote({ width, height, isGray }: Inspection, { preprocessing }: Recipe): TrainingNote {
  const { width: w, height: h, color } = preprocessing;
  const seen = isGray ? "no picture has colour" : "the pictures have colours";
  return {
    what: "input",
    value: `${w} x ${h}, ${color}`,
    why: `half of the pictures are at least ${width} x ${height}; ${seen}`,
  };
}
