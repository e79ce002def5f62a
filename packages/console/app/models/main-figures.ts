import { type Measure, type Result, sortResults } from "./measures.ts";
import { inOrder, type MetricWords, wordsOfMetric } from "./metric-words.ts";

/** The figure that tells most of one task, or of one run of a protocol. */
export interface MainFigure {
  /** Task, value of a task, or protocol. */
  readonly task: string;
  readonly words: MetricWords;
  readonly value: number;
  readonly interval?: readonly [low: number, high: number];
  /** Which pictures, where the protocol's name does not tell: those of any folder. */
  readonly pictures?: string;
}

/** Protocols that any folder answers to. */
const ofAnyFolder = ["faces", "folder"];

/** One figure a protocol where there are official results, else one a task (two for a task of two numbers) of the training's own. */
export function mainFigures(results: readonly Result[]): readonly MainFigure[] {
  const { official, training } = sortResults(results);
  if (official.length > 0) {
    return official.flatMap(({ protocol, split, measures }) =>
      firstOf(protocol, measures)
        .slice(0, 1)
        // what stands after the name says which of them were left out
        .map((figure) => (ofAnyFolder.includes(protocol) ? { ...figure, pictures: split.split(",")[0]! } : figure)),
    );
  }
  return training.flatMap(({ task, measures }) => firstOf(task, measures));
}

function firstOf(task: string, measures: readonly Measure[]): MainFigure[] {
  const told = inOrder(measures).flatMap(({ metric, value, interval }) => {
    const words = wordsOfMetric(metric);
    return words ? [{ words, value, ...(interval ? { interval } : {}) }] : [];
  });
  const [first] = told;
  if (first === undefined) return [];
  const same = told.filter(({ words }) => words.title === first.words.title);
  return same.map((figure) => ({ task: figure.words.part ?? task, ...figure }));
}
