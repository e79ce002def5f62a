import { type Result, sortResults } from "./measures.ts";
import { inOrder, type MetricWords, wordsOfMetric } from "./metric-words.ts";

/** The figure that tells most of one task, or of one run of a protocol. */
export interface MainFigure {
  /** Task, value of a task, or protocol. */
  readonly task: string;
  readonly words: MetricWords;
  readonly value: number;
}

/** One figure a protocol where there are official results, else one a task (two for a task of two numbers) of the training's own. */
export function mainFigures(results: readonly Result[]): readonly MainFigure[] {
  const { official, training } = sortResults(results);
  if (official.length > 0) {
    return official.flatMap(({ protocol, measures }) => firstOf(protocol, measures).slice(0, 1));
  }
  return training.flatMap(({ task, measures }) => firstOf(task, measures));
}

function firstOf(task: string, measures: readonly { readonly metric: string; readonly value: number }[]): MainFigure[] {
  const told = inOrder(measures).flatMap(({ metric, value }) => {
    const words = wordsOfMetric(metric);
    return words ? [{ words, value }] : [];
  });
  const [first] = told;
  if (first === undefined) return [];
  const same = told.filter(({ words }) => words.title === first.words.title);
  return same.map(({ words, value }) => ({ task: words.part ?? task, words, value }));
}
