import type { Measures } from "@foveajs/vision";

/** What is known of a metric that trainings report. */
export interface MetricKind {
  readonly higherIsBetter: boolean;
  /** `fraction` is told as per cent. */
  readonly unit: "fraction" | "plain";
  /** Which of a task's metrics is looked at first: 1 before 2. */
  readonly rank: number;
  /** What it is called where people read it. */
  readonly title: string;
}

const up = (rank: number, title: string, unit: MetricKind["unit"] = "fraction"): MetricKind => ({
  higherIsBetter: true,
  unit,
  rank,
  title,
});
const down: typeof up = (...told) => ({ ...up(...told), higherIsBetter: false });

/** By name, or by what stands before the last "_" where the rest names a label or a value of the task. */
const kinds: Readonly<Record<string, MetricKind>> = {
  accuracy: up(1, "accuracy"),
  macro_f1: up(2, "macro F1"),
  nll: down(3, "NLL", "plain"),
  balanced_accuracy: up(4, "balanced accuracy"),
  ece: down(5, "calibration error"),
  nme: down(1, "NME"),
  failure_rate_10: down(2, "failures >10 %"),
  auc_8: up(4, "AUC to 8 %"),
  five_mean_error: down(3, "five-point error"),
  five_failure_rate: down(5, "five-point failures"),
  mean_f1: up(1, "mean F1"),
  f1: up(4, "F1"),
  ccc: up(1, "CCC", "plain"),
  mae: down(2, "MAE", "plain"),
  rmse: down(4, "RMSE", "plain"),
  map50: up(1, "mAP50"),
  ap: up(1, "AP"),
  recall: up(2, "recall"),
  false_per_image: down(3, "false/picture", "plain"),
};

/** A metric after the temperature that was fitted at the end of a training. */
const CALIBRATED = "calibrated_";

/** Whether a metric is one after the temperature. */
export const isCalibrated = (name: string): boolean => name.startsWith(CALIBRATED);

/** What is known of a metric by its name without the task, undefined for one that nobody declared. */
export function metricKind(name: string): MetricKind | undefined {
  const plain = isCalibrated(name) ? name.slice(CALIBRATED.length) : name;
  const cut = plain.indexOf("_");
  const kind = Object.hasOwn(kinds, plain)
    ? kinds[plain]
    : cut > 0
      ? kindOfPart(plain.slice(0, cut), plain.slice(cut + 1))
      : undefined;
  return kind && isCalibrated(name) ? { ...kind, title: `${kind.title}, calibrated` } : kind;
}

const kindOfPart = (name: string, part: string): MetricKind | undefined =>
  Object.hasOwn(kinds, name)
    ? { ...kinds[name]!, title: `${kinds[name]!.title} ${part.replaceAll("_", " ")}` }
    : undefined;

/** What a metric is called where people read it: its title, or its name where nobody declared one. */
export const metricTitle = (name: string): string => metricKind(name)?.title ?? name.replaceAll("_", " ");

/** Names of a task's metrics, those to be looked at first before the others; unknown ones last. */
export const byRank = (names: readonly string[]): string[] =>
  [...names].sort((a, b) => (metricKind(a)?.rank ?? 9) - (metricKind(b)?.rank ?? 9));

/** The number by which the moments of a task are compared: the mean of its metrics of first rank. */
export interface MainMetric extends MetricKind {
  /** Of the metrics whose mean it is. */
  readonly names: readonly string[];
}

/** The main metric of a task by what is measured of it; undefined where none of it is known. */
export function mainMetric(measured: Measures): MainMetric | undefined {
  const defined = Object.keys(measured).filter((name) => Number.isFinite(measured[name]) && metricKind(name));
  const [first] = byRank(defined);
  if (first === undefined) return undefined;
  const kind = metricKind(first)!;
  const names = defined.filter((name) => metricKind(name)!.rank === kind.rank);
  return { ...kind, names, title: names.length === 1 ? kind.title : `mean ${kind.title.split(" ")[0]}` };
}

/** Its value among measures, NaN where a part of it is not defined. */
export const mainValue = ({ names }: Pick<MainMetric, "names">, measured: Measures): number =>
  names.reduce((sum, name) => sum + (measured[name] ?? Number.NaN), 0) / names.length;

/** Measures by task from their names, "expression/accuracy". */
export function byTask(metrics: Measures): ReadonlyMap<string, Measures> {
  const tasks = new Map<string, Record<string, number>>();
  for (const [name, value] of Object.entries(metrics)) {
    const cut = name.lastIndexOf("/");
    const task = name.slice(0, Math.max(0, cut));
    tasks.set(task, { ...tasks.get(task), [name.slice(cut + 1)]: value });
  }
  return tasks;
}

/** Of metrics that calibration changed, the calibrated one alone; of the others, the plain one. */
export const withCalibrated = (metrics: Measures): Measures =>
  Object.fromEntries(
    Object.entries(metrics).filter(([name, value]) => {
      const plain = name.replace(/\/calibrated_([^/]*)$/, "/$1");
      if (plain !== name) return value !== metrics[plain];
      const other = metrics[name.replace(/\/([^/]*)$/, "/calibrated_$1")];
      return other === undefined || other === value;
    }),
  );
