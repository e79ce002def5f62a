import type { Metric } from "../../metrics/metric.ts";
import { rocAuc } from "../../metrics/roc-auc.ts";
import type { Scored } from "../../metrics/scored.ts";
import { equalErrorRate, trueAcceptRate } from "../../metrics/verification-curve.ts";
import { falseAcceptRate, falseRejectRate } from "../../metrics/verification-errors.ts";
import { type Measured, measure, statesByGroup } from "../../statistics/bootstrap.ts";
import { missingRows, undefinedMeasure } from "../classification.ts";
import type { Outcome } from "../outcomes.ts";
import type { MetricInfo, Protocol, ScoreOptions, Scores, VerificationTest } from "../protocol.ts";
import { chooseSplit } from "../split.ts";
import { thresholdForRate } from "../threshold.ts";
import { type AnsweredPair, foldScores, isRight, meanFoldAccuracy, standardError } from "./fold-accuracy.ts";
import { linkedPeople } from "./linked-people.ts";
import { type LfwPair, readLfw } from "./release.ts";

const share = (name: string, higherIsBetter: boolean, summary: string): MetricInfo => ({
  name,
  unit: "fraction",
  higherIsBetter,
  summary,
});

/** Labeled Faces in the Wild: same person or not. */
export const lfw: Protocol = {
  id: "lfw",
  title: "LFW: pairs of faces, the same person or not, in ten folds (view 2)",
  task: "verification",
  metrics: [
    share("accuracy", true, "mean over folds of the share of right answers, at the threshold of the other folds"),
    share("standard_error", false, "of the accuracy: standard deviation over folds / sqrt(folds)"),
    share("equal_error_rate", false, "rate at which false accepts and false rejects are equal"),
    share("roc_auc", true, "area under the curve of true and false accepts"),
    share("tar_at_far_1e_2", true, "share of genuine pairs accepted where at most 1 % of the impostors are"),
    share("tar_at_far_1e_3", true, "share of genuine pairs accepted where at most 0.1 % of the impostors are"),
  ],
  parts: [
    { name: "view2", count: 6000, classes: { same: 3000, different: 3000 } },
    {
      name: "view2_folds_1-5",
      count: 3000,
      sha256: "15b346654abb565efd10dd518f0ea6950ae220d6f1a439d0c2f33e9974f1b5c3",
    },
    { name: "view1_test", count: 1000, classes: { same: 500, different: 500 } },
    { name: "view1_train", count: 2200, classes: { same: 1100, different: 1100 } },
  ],
  unit: "group of pairs that share a person, directly or over others",
  data: {
    where: "http://vis-www.cs.umass.edu/lfw/",
    licence: "research; news pictures without a licence of their photographers",
    source: "Huang, Ramesh, Berg, Learned-Miller: Labeled Faces in the Wild, UMass Amherst 07-49 (2007)",
  },
  rules: [
    "Each fold is scored at the threshold with the most right answers on all other folds: exact over all similarities, the strictest of equal ones (design; others search a grid).",
    "A folder with some of the folds is scored over those; the split says which, and only scores of the same folds compare. --split folds_1-3 takes some.",
    "View 2 is for reporting only; models are selected on view 1. Say what outside data a model was trained on: with identities or not.",
    "TAR, EER and AUC are of the pairs of all folds pooled (design). A pair with a missed face is a wrong answer; the other metrics leave it out.",
    "The folds share no name, but a few faces under two names.",
  ],
  published: [
    { method: "human", metric: "accuracy", value: 0.9753, source: "Kumar et al. (2009), cropped (recalled)" },
    { method: "FaceNet", metric: "accuracy", value: 0.9963, source: "Schroff et al. (2015) (recalled)" },
    { method: "ArcFace, R100", metric: "accuracy", value: 0.9983, source: "Deng et al. (2019) (recalled)" },
  ],
  async read(files, { part, ...options } = {}) {
    const { layout, pairs } = await readLfw(files);
    const asked = foldRange(part);
    const rows = pairs.map((pair) => ({
      ...pair,
      id: `${pair.first} ${pair.second}`,
      key: `${pictureName(pair.first)} ${pictureName(pair.second)}`,
      className: pair.isSame ? "same" : "different",
      part: part !== undefined && asked?.(pair) ? part : pair.part,
      label: [pair.fold, pair.isSame ? 1 : 0],
      samples: [pair.first, pair.second],
    }));
    // the official file is complete or refused; a packed one may have some of the folds
    const nameOf = layout === "packed" ? splitName : undefined;
    const chosen = await chooseSplit(lfw, rows, { ...options, part, layout, folder: files.name, nameOf });
    const pictures = [...new Set(chosen.rows.flatMap(({ first, second }) => [first, second]))].sort();
    const known = new Set(pictures);
    const others = new Set(rows.flatMap(({ first, second }) => [first, second]).filter((id) => !known.has(id)));
    const units = linkedPeople(chosen.rows);
    const judged = (answers: ReadonlyMap<string, number | null>) =>
      chosen.rows.map((pair, i): JudgeablePair => {
        const similarity = answers.get(pair.id);
        if (similarity === undefined) throw missingRows("answers", chosen.rows.map(toSample), answers);
        return { id: pair.id, fold: pair.fold, isSame: pair.isSame, unit: units[i]!, similarity };
      });
    const test: VerificationTest = {
      kind: "verification",
      split: chosen.split,
      others,
      modes: ["direct", "end_to_end"],
      samples: pictures.map((file) => ({ id: file, picture: { file } })),
      pairs: chosen.rows.map(({ id, first, second, isSame }) => ({ id, first, second, isSame })),
      score: (answers, options) => scorePairs(judged(answers), options),
      thresholdFor(answers, { target }) {
        const told = judged(answers).flatMap(({ similarity, isSame }) =>
          similarity === null ? [] : [{ similarity, isSame }],
        );
        const falses = told.filter(({ isSame }) => !isSame).map(({ similarity }) => similarity);
        const scores = told.map(({ similarity }) => similarity);
        return thresholdForRate({ scores, falses, trials: falses.length, target });
      },
    };
    return test;
  },
};

/** NAME_0001, in whatever folder. */
const pictureName = (file: string): string => file.replace(/^.*\//, "").replace(/\.\w+$/, "");

interface JudgeablePair extends AnsweredPair {
  readonly id: string;
  readonly unit: string;
}

const toSample = ({ id, first }: { id: string; first: string }) => ({ id, picture: { file: first } });

/** Whether a pair is in the folds that a part such as "folds_1-3" or "view2_folds_4" names; undefined for any other part. */
function foldRange(part: string | undefined): ((pair: LfwPair) => boolean) | undefined {
  const found = /^(?:view2_)?folds_(\d+)(?:-(\d+))?$/.exec(part ?? "");
  if (found === null) return undefined;
  const [first, last] = [Number(found[1]), Number(found[2] ?? found[1])];
  return (pair) => pair.part === "view2" && pair.fold >= first && pair.fold <= last;
}

/** Of part view2: "view2" where all ten folds are there, else "view2_folds_1-5" or "view2_folds_1,3-5". */
function splitName(part: string, rows: readonly { readonly fold: number }[]): string {
  const folds = [...new Set(rows.map(({ fold }) => fold))].sort((a, b) => a - b);
  if (part !== "view2" || folds.length === 10) return part;
  const ranges = folds
    .filter((fold) => !folds.includes(fold - 1))
    .map((first) => {
      let last = first;
      while (folds.includes(last + 1)) last++;
      return first === last ? `${first}` : `${first}-${last}`;
    });
  return `${part}_folds_${ranges.join(",")}`;
}

function scorePairs(
  pairs: readonly JudgeablePair[],
  { threshold, ...options }: ScoreOptions & { readonly threshold?: number },
): Scores {
  const folds = foldScores(pairs);
  const weights = foldWeights(pairs);
  const hasOthers = folds.length > 1;
  const oneFold = "there is one fold, and no other to choose the threshold on";
  const thresholds = new Map(folds.map((fold) => [fold.fold, fold.threshold]));
  const hits = pairs.map((pair) => isRight(pair, thresholds.get(pair.fold)!));
  const told = pairs.flatMap((pair) => (pair.similarity === null ? [] : [{ ...pair, similarity: pair.similarity }]));
  const ranked = <State>(metric: Metric<Scored, State>): Measured =>
    measure(
      metric,
      statesByGroup(
        metric,
        told.map(({ unit, similarity, isSame }) => ({
          group: unit,
          batch: { scores: [similarity], targets: [isSame ? 1 : 0] },
        })),
      ),
      options,
    );
  const accuracy = meanFoldAccuracy();
  const judged = pairs.map(({ unit, fold }, i) => ({ group: unit, batch: [{ fold, isHit: hits[i]! }] }));
  return {
    missed: pairs.length - told.length,
    metrics: {
      accuracy: hasOthers ? measure(accuracy, statesByGroup(accuracy, judged), options) : undefinedMeasure(oneFold),
      standard_error: hasOthers
        ? { value: standardError(folds.map((fold) => fold.accuracy)), interval: [Number.NaN, Number.NaN] }
        : undefinedMeasure(oneFold),
      equal_error_rate: ranked(equalErrorRate()),
      roc_auc: ranked(rocAuc()),
      tar_at_far_1e_2: ranked(trueAcceptRate({ far: 0.01 })),
      tar_at_far_1e_3: ranked(trueAcceptRate({ far: 0.001 })),
      ...(threshold === undefined
        ? {}
        : {
            false_accept_rate: ranked(falseAcceptRate({ threshold })),
            false_reject_rate: ranked(falseRejectRate({ threshold })),
          }),
    },
    outcomes: pairs.map((pair, i) =>
      outcomeOf(pair, { hit: hasOthers ? hits[i]! : undefined, weight: weights.get(pair.fold)!, threshold }),
    ),
  };
}

/** By fold, so that the ratio of all pairs is the mean over folds; 1 where folds have equally many pairs. */
function foldWeights(pairs: readonly AnsweredPair[]): ReadonlyMap<number, number> {
  const sizes = new Map<number, number>();
  for (const { fold } of pairs) sizes.set(fold, (sizes.get(fold) ?? 0) + 1);
  return new Map([...sizes].map(([fold, size]) => [fold, pairs.length / (sizes.size * size)]));
}

function outcomeOf(
  { id, unit, similarity, isSame }: JudgeablePair,
  { hit, weight, threshold }: { hit: boolean | undefined; weight: number; threshold: number | undefined },
): Outcome {
  const ranking =
    similarity === null
      ? undefined
      : { positives: isSame ? 1 : 0, hits: isSame ? [similarity] : [], falses: isSame ? [] : [similarity] };
  const isWrong = (similarity ?? 0) >= (threshold ?? 0) === isSame ? 0 : 1;
  return {
    id,
    unit,
    values: {
      ...(hit === undefined ? {} : { accuracy: [hit ? weight : 0, weight] as const }),
      ...(ranking && {
        equal_error_rate: ranking,
        roc_auc: ranking,
        tar_at_far_1e_2: ranking,
        tar_at_far_1e_3: ranking,
        ...(threshold !== undefined && { [isSame ? "false_reject_rate" : "false_accept_rate"]: [isWrong, 1] as const }),
      }),
    },
  };
}
