import type { GroupRule } from "../../data/regroup.ts";
import type { Dataset, Sample } from "../../data/types.ts";
import { errors } from "../../errors.ts";
import type { DataSetSpec } from "../data-places.ts";
import type { TrainingNote } from "../events.ts";
import { usedPart } from "../sample-sets.ts";

/** A set as a recipe writes it. */
export type SetFields = DataSetSpec & { hold_out: number; skip?: string[]; group_by?: GroupRule };

/** Seeds that are tried until every class is on both sides. */
const SEEDS = 20;
/** Fewer training pictures than this teach nothing. */
const FEWEST = 8;
/** Of fewer groups none can be spared. */
const FEWEST_GROUPS = 4;

/** How the training part is divided: the share, the seed, and the samples of both sides. */
export function holdOut(
  whole: Dataset,
  { spec, skip, groupBy }: { spec: DataSetSpec; skip: readonly string[]; groupBy: GroupRule | undefined },
): { set: SetFields; seed: number; train: readonly Sample[]; valid: readonly Sample[]; note: TrainingNote } {
  const rest = { ...(skip.length > 0 ? { skip: [...skip] } : {}), ...(groupBy ? { group_by: groupBy } : {}) };
  const own = partsOf(whole, { hold_out: 0, ...rest }, 0);
  if (own.train.length < FEWEST) {
    const received = `${own.train.length}${skip.length > 0 ? ` and ${skip.length} that cannot be read` : ""}`;
    throw errors["own-data"]({ where: whole.name, expected: `at least ${FEWEST} pictures to train on`, received });
  }
  if (own.valid.length > 0) {
    const note = { what: "validation", value: `${own.valid.length} pictures`, why: "the data's own validation part" };
    return { set: { ...spec, hold_out: 0, ...rest }, seed: 0, ...own, note };
  }
  const groups = groupsOf(own.train);
  const held = heldOutGroups(whole, rest);
  if (!held) {
    throw errors["own-data"]({
      where: `${whole.name}, groups`,
      expected: `at least ${FEWEST_GROUPS} to hold some out`,
      received: `${groups}`,
    });
  }
  const { share, seed, ...divided } = held;
  const isAlone = groups === own.train.length;
  const why = isAlone
    ? "each picture counts as a subject of its own: name what belongs together with --group-by, or it may be measured on what it has seen"
    : `whole groups of ${groups}, by --group-by`;
  const note = {
    what: "validation",
    value: `${divided.valid.length} pictures held out (${Math.round(100 * share)} %)`,
    why,
  };
  return { set: { ...spec, hold_out: share, ...rest }, seed, ...divided, note };
}

/** Whole groups of a training part that a training would keep for validation, where the data has no such part; undefined of too few. */
export function heldOutGroups(
  whole: Dataset,
  rest: Pick<SetFields, "skip" | "group_by"> = {},
): { share: number; seed: number; train: readonly Sample[]; valid: readonly Sample[] } | undefined {
  const { train: all } = partsOf(whole, { hold_out: 0, ...rest }, 0);
  if (all.length < FEWEST || groupsOf(all) < FEWEST_GROUPS) return undefined;
  const share = all.length < 400 ? 0.2 : all.length < 5000 ? 0.15 : 0.1;
  const parts = (seed: number) => partsOf(whole, { hold_out: share, ...rest }, seed);
  const seed = Array.from({ length: SEEDS }, (_, index) => index).find((candidate) => {
    const { train, valid } = parts(candidate);
    return valid.length > 0 && sameClasses(train, all) && sameClasses(valid, all);
  });
  return { share, seed: seed ?? 0, ...parts(seed ?? 0) };
}

function partsOf(whole: Dataset, spec: Pick<SetFields, "hold_out" | "skip" | "group_by">, seed: number) {
  const { samples } = usedPart(whole, spec, seed);
  return {
    train: samples.filter(({ split }) => split === "train"),
    valid: samples.filter(({ split }) => split === "valid"),
  };
}

const groupsOf = (samples: readonly Sample[]): number => new Set(samples.map(({ group }) => group)).size;

const classesIn = (samples: readonly Sample[]): ReadonlySet<string> =>
  new Set(
    samples.flatMap(({ labels }) =>
      Object.entries(labels).flatMap(([task, label]) => (label?.kind === "class" ? [`${task}/${label.index}`] : [])),
    ),
  );

const sameClasses = (part: readonly Sample[], whole: readonly Sample[]): boolean =>
  classesIn(part).size === classesIn(whole).size;
