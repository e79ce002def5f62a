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

/** How the training part is divided: the share, the seed, and the samples of both sides. */
export function holdOut(
  whole: Dataset,
  { spec, skip, groupBy }: { spec: DataSetSpec; skip: readonly string[]; groupBy: GroupRule | undefined },
): { set: SetFields; seed: number; train: readonly Sample[]; valid: readonly Sample[]; note: TrainingNote } {
  const rest = { ...(skip.length > 0 ? { skip: [...skip] } : {}), ...(groupBy ? { group_by: groupBy } : {}) };
  const parts = (hold_out: number, seed: number) => {
    const { samples } = usedPart(whole, { hold_out, ...rest }, seed);
    return {
      train: samples.filter(({ split }) => split === "train"),
      valid: samples.filter(({ split }) => split === "valid"),
    };
  };
  const own = parts(0, 0);
  if (own.train.length < FEWEST) {
    const received = `${own.train.length}${skip.length > 0 ? ` and ${skip.length} that cannot be read` : ""}`;
    throw errors["own-data"]({ where: whole.name, expected: `at least ${FEWEST} pictures to train on`, received });
  }
  if (own.valid.length > 0) {
    const note = { what: "validation", value: `${own.valid.length} pictures`, why: "the data's own validation part" };
    return { set: { ...spec, hold_out: 0, ...rest }, seed: 0, ...own, note };
  }
  const groups = new Set(own.train.map(({ group }) => group)).size;
  if (groups < 4) {
    throw errors["own-data"]({
      where: `${whole.name}, groups`,
      expected: "at least 4 to hold some out",
      received: `${groups}`,
    });
  }
  const share = own.train.length < 400 ? 0.2 : own.train.length < 5000 ? 0.15 : 0.1;
  const seed = Array.from({ length: SEEDS }, (_, index) => index).find((candidate) => {
    const { train, valid } = parts(share, candidate);
    return valid.length > 0 && sameClasses(train, own.train) && sameClasses(valid, own.train);
  });
  const divided = parts(share, seed ?? 0);
  const isAlone = groups === own.train.length;
  const why = isAlone
    ? "each picture counts as a subject of its own: name what belongs together with --group-by, or it may be measured on what it has seen"
    : `whole groups of ${groups}, by --group-by`;
  const note = {
    what: "validation",
    value: `${divided.valid.length} pictures held out (${Math.round(100 * share)} %)`,
    why,
  };
  return { set: { ...spec, hold_out: share, ...rest }, seed: seed ?? 0, ...divided, note };
}

const classesIn = (samples: readonly Sample[]): ReadonlySet<string> =>
  new Set(
    samples.flatMap(({ labels }) =>
      Object.entries(labels).flatMap(([task, label]) => (label?.kind === "class" ? [`${task}/${label.index}`] : [])),
    ),
  );

const sameClasses = (part: readonly Sample[], whole: readonly Sample[]): boolean =>
  classesIn(part).size === classesIn(whole).size;
