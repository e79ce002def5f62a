import type { Scores, Test } from "../../protocols/protocol.ts";
import type { ReportSection } from "../report-input.ts";

/** A test that was answered and scored: what the sections of a report are made of. */
export interface ScoredTest<T extends Test = Test> {
  readonly test: T;
  /** As `test.score` received them. */
  readonly answers: Parameters<T["score"]>[0];
  readonly options: Parameters<T["score"]>[1];
  readonly scores: Scores;
}

/** The sections that one kind of test has, besides its metrics. */
export type SectionMaker<T extends Test> = (scored: ScoredTest<T>, limits: ReportLimits) => readonly ReportSection[];

/** How much a report shows. */
export interface ReportLimits {
  /** Pictures of a cell of the confusion matrix at most. */
  readonly perCell: number;
  /** Pictures of a list of mistakes at most. */
  readonly mistakes: number;
  /** Pictures of all cells together at most; beyond it cells of mistakes come first, the fullest before the others. */
  readonly cells: number;
  /** Subgroups of fewer samples show no value: Wilson's interval at 20 can be 40 points wide (design). */
  readonly minimum: number;
}

/** About a megabyte of small crops. */
export const usualLimits: ReportLimits = { perCell: 12, mistakes: 24, cells: 800, minimum: 20 };
