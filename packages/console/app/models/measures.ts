/** A result as cards and the server have it. */
export interface Result {
  readonly data: string;
  readonly metric: string;
  readonly value: number;
  readonly interval?: readonly [low: number, high: number] | undefined;
}

/** One figure with its 95 % interval where the card has one. */
export interface Measure {
  /** Name of the metric without its task. */
  readonly metric: string;
  readonly value: number;
  readonly interval?: readonly [low: number, high: number];
}

/** Figures of one run of an official protocol. */
export interface OfficialResult {
  readonly protocol: string;
  /** Part that was scored, as the protocol names it. */
  readonly split: string;
  readonly count: number;
  /** Whether the model had faces as the set cuts them out, or the pipeline whole pictures. */
  readonly mode: "direct" | "end_to_end";
  readonly measures: readonly Measure[];
}

/** What a training measured of one task on the data that was held out for choosing the weights. */
export interface TrainingMeasures {
  readonly task: string;
  /** As the card names it: "fer2013 valid (3033)". */
  readonly data: string;
  readonly measures: readonly Measure[];
}

/** "ferplus, test (3153), direct", as `models results` writes it. */
const official = /^(?<protocol>[^,]+), (?<split>.+) \((?<count>\d+)\), (?<mode>direct|end_to_end)$/;

/** The results of a card, those of protocols apart from those of its training. */
export function sortResults(results: readonly Result[]): {
  readonly official: readonly OfficialResult[];
  readonly training: readonly TrainingMeasures[];
} {
  const runs = new Map<string, OfficialResult & { measures: Measure[] }>();
  const tasks = new Map<string, TrainingMeasures & { measures: Measure[] }>();
  for (const { data, metric, value, interval } of results) {
    const told = official.exec(data)?.groups;
    const measure = { value, ...(interval ? { interval } : {}) };
    if (told) {
      const { protocol, split, count, mode } = told as Record<"protocol" | "split" | "count" | "mode", string>;
      const run = runs.get(data) ?? {
        protocol,
        split,
        count: Number(count),
        mode: mode as OfficialResult["mode"],
        measures: [],
      };
      run.measures.push({ metric, ...measure });
      runs.set(data, run);
      continue;
    }
    const cut = metric.lastIndexOf("/");
    const task = metric.slice(0, Math.max(0, cut));
    const key = `${task}\n${data}`;
    const group = tasks.get(key) ?? { task, data, measures: [] };
    group.measures.push({ metric: metric.slice(cut + 1), ...measure });
    tasks.set(key, group);
  }
  return {
    official: [...runs.values()],
    training: [...tasks.values()].map((group) => ({ ...group, measures: asUsed(group.measures) })),
  };
}

const CALIBRATED = "calibrated_";

/** Measures of the probabilities as they are told: where a temperature was fitted, those after it stand in place of those before. */
function asUsed(measures: readonly Measure[]): Measure[] {
  const calibrated = new Map(
    measures.flatMap((measure) =>
      measure.metric.startsWith(CALIBRATED) ? [[measure.metric.slice(CALIBRATED.length), measure] as const] : [],
    ),
  );
  return measures.flatMap((measure) => {
    if (measure.metric.startsWith(CALIBRATED)) return [];
    const { metric } = measure;
    return [{ ...(calibrated.get(metric) ?? measure), metric }];
  });
}
