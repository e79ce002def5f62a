import type { Box } from "../metrics/boxes.ts";

/** A report as data: what was scored, then one run for each way in which it was answered. */
export interface ReportInput {
  readonly title: string;
  /** One sentence: who was scored on what. */
  readonly lead: string;
  /** What makes the numbers comparable: split, hashes, seed. */
  readonly facts: readonly ReportFact[];
  readonly runs: readonly ReportRun[];
  /** Rules that a reader of the numbers must know. */
  readonly notes: readonly string[];
  /** Titles of facts and notes; "What was scored" and "Rules of the protocol" when absent. */
  readonly titles?: { readonly facts: string; readonly notes: string };
}

export interface ReportFact {
  readonly name: string;
  readonly value: string;
}

/** One way of answering, with the sections that its kind of test has, in the order of reading. */
export interface ReportRun {
  /** Unique in the report, of letters, digits, "-" and "_". */
  readonly id: string;
  readonly title: string;
  /** What was answered, and what was missed. */
  readonly lead: string;
  /** The one number to remember. */
  readonly headline?: ReportMetric;
  readonly sections: readonly ReportSection[];
}

/** A value with its interval, both NaN where undefined. `fraction` is shown as per cent. */
export interface ReportValue {
  readonly value: number;
  readonly interval: readonly [low: number, high: number];
  /** Why the value is undefined. */
  readonly reason?: string;
}

export interface ReportMetric extends ReportValue {
  readonly name: string;
  readonly unit: string;
  readonly higherIsBetter: boolean;
  readonly summary: string;
}

export type ReportSection =
  | MetricsSection
  | ConfusionSection
  | ReliabilitySection
  | CurveSection
  | MistakesSection
  | SubgroupsSection
  | ThresholdsSection
  | FiguresSection
  | TableSection
  | HeatMapSection
  | ScatterSection
  | SmallCurvesSection;

/** All numbers of the run. */
export interface MetricsSection {
  readonly kind: "metrics";
  readonly metrics: readonly ReportMetric[];
  /** Scores that others published. */
  readonly published: readonly {
    readonly method: string;
    readonly metric: string;
    readonly value: number;
    readonly source: string;
  }[];
}

/** How often each class was named for each class; a cell opens its pictures. */
export interface ConfusionSection {
  readonly kind: "confusion";
  /** True classes [T], the rows. */
  readonly classes: readonly string[];
  /** Answers [A], the columns: the classes in the same order, then answers that are no class, such as "missed". */
  readonly answers: readonly string[];
  /** [T][A] */
  readonly cells: readonly (readonly ConfusionCell[])[];
}

export interface ConfusionCell {
  readonly count: number;
  /** Some of the samples, those to look at first before the others. */
  readonly pictures: readonly ReportPicture[];
}

/** Accuracy by confidence. */
export interface ReliabilitySection {
  readonly kind: "reliability";
  /** Bins of equal width from confidence 0 to 1; confidence and accuracy are NaN without samples. */
  readonly bins: readonly {
    readonly count: number;
    readonly confidence: number;
    readonly accuracy: number;
    readonly interval: readonly [low: number, high: number];
  }[];
  /** Expected calibration error. */
  readonly error: ReportValue;
}

/** A curve of two numbers: cumulative errors, precision over recall, ROC. */
export interface CurveSection {
  readonly kind: "curve";
  readonly title: string;
  readonly summary: string;
  readonly x: CurveAxis;
  readonly y: CurveAxis;
  readonly lines: readonly CurveLine[];
  /** Points to be seen, such as that of the model's threshold. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly label: string }[];
  /** Upright lines, such as the error that is a failure. */
  readonly guides: readonly { readonly x: number; readonly label: string }[];
  /** Values worth reading off, under the chart. */
  readonly readings: readonly ReportFact[];
}

export interface CurveAxis {
  readonly label: string;
  readonly range: readonly [low: number, high: number];
  readonly unit: "fraction" | "plain";
  /** `log` needs a range above 0. */
  readonly scale?: "linear" | "log";
  /** Only whole numbers are told along it, such as epochs. */
  readonly isWhole?: boolean;
}

export interface CurveLine {
  readonly name: string;
  /** By rising x. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** `reference`: drawn faint, such as chance; `second` and `third`: other results of the same axes. */
  readonly role: "result" | "second" | "third" | "reference";
}

/** Pictures of what went wrong, the gravest first. */
export interface MistakesSection {
  readonly kind: "mistakes";
  readonly title: string;
  readonly summary: string;
  /** How many there are in all. */
  readonly total: number;
  readonly pictures: readonly ReportPicture[];
}

/** One picture of the report; `detail` stands under `title`. */
export interface ReportPicture {
  readonly sample: string;
  /** The part that is shown, in pixels of the picture; all of it when absent. */
  readonly region?: Box;
  /** Another picture to be seen beside it, such as the second of a pair. */
  readonly beside?: Pick<ReportPicture, "sample" | "region">;
  /** Drawn over the picture; needs a region. */
  readonly marks?: readonly PictureMark[];
  readonly title: string;
  readonly detail: readonly string[];
}

/** What was labelled (`truth`) or answered (`answer`), in pixels of the picture. `subject`: what it is about. */
export type PictureMark = { readonly role: "truth" | "answer"; readonly subject?: boolean } & (
  | { readonly box: Box }
  | { readonly points: ArrayLike<number> }
);

/** The same metrics for parts of the samples. */
export interface SubgroupsSection {
  readonly kind: "subgroups";
  readonly title: string;
  readonly summary: string;
  /** What a row counts, in the plural. */
  readonly counted: string;
  /** Rows of fewer show "not enough data". */
  readonly minimum: number;
  readonly columns: readonly { readonly name: string; readonly unit: string; readonly overall: number }[];
  readonly rows: readonly {
    readonly name: string;
    readonly count: number;
    /** One for each column. */
    readonly values: readonly ReportValue[];
  }[];
  /** A sentence under the table, such as what is not in it. */
  readonly note?: string;
}

/** A few values in large letters, such as the state of a run. */
export interface FiguresSection {
  readonly kind: "figures";
  readonly title: string;
  readonly summary: string;
  readonly figures: readonly (ReportFact & { readonly detail?: string })[];
}

/** Rows of texts under one another. */
export interface TableSection {
  readonly kind: "table";
  readonly title: string;
  readonly summary: string;
  /** `number`: set to the right. */
  readonly columns: readonly { readonly name: string; readonly align: "text" | "number" }[];
  readonly rows: readonly {
    readonly name: string;
    /** One for each column but the first, which has the names. `tone`: whether it is a good value or a bad one. */
    readonly cells: readonly { readonly text: string; readonly tone?: "good" | "bad" }[];
  }[];
}

/** A value for each row and column as a colour on both sides of 0, such as training against validation by epoch. */
export interface HeatMapSection {
  readonly kind: "heat-map";
  readonly title: string;
  readonly summary: string;
  /** What the columns count, "epoch", and their names [C]. */
  readonly along: string;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly name: string;
    /** [C]; `value` is NaN where there is none, `told` says it in words. */
    readonly cells: readonly { readonly value: number; readonly told: string }[];
    /** The column to be seen in this row. */
    readonly marked?: number;
  }[];
  /** The column to be seen in all rows. */
  readonly guide?: number;
  /** The size from which the colour is full, above 0. */
  readonly limit: number;
  /** What values below 0, above 0, marks and guide mean. */
  readonly words: { readonly below: string; readonly above: string; readonly marked: string; readonly guide: string };
}

/** Answers over labels as points, perfect ones on the diagonal. */
export interface ScatterSection {
  readonly kind: "scatter";
  readonly title: string;
  readonly summary: string;
  readonly x: CurveAxis;
  readonly y: CurveAxis;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly readings: readonly ReportFact[];
}

/** The same curve of many things beside each other, such as precision over recall of each class. */
export interface SmallCurvesSection {
  readonly kind: "small-curves";
  readonly title: string;
  readonly summary: string;
  /** Of all; their ends are drawn, and the labels told once. */
  readonly x: CurveAxis;
  readonly y: CurveAxis;
  readonly charts: readonly {
    readonly name: string;
    /** Stands under the name, such as the area under the curve. */
    readonly detail: string;
    /** By rising x. */
    readonly points: readonly (readonly [x: number, y: number])[];
  }[];
}

/** What each threshold would come to. */
export interface ThresholdsSection {
  readonly kind: "thresholds";
  /** "Choose a threshold" when absent. */
  readonly title?: string;
  readonly summary: string;
  readonly series: readonly ThresholdSeries[];
}

/** Hits and false ones at and above each of a grid of thresholds. */
export interface ThresholdSeries {
  readonly name: string;
  /** What there was to find. */
  readonly positives: number;
  /** What could be taken for one, where it can be counted: then the false positive rate is told. */
  readonly negatives?: number;
  /** Pictures, where false positives are told for each. */
  readonly pictures?: number;
  /** The names of what is counted, in the plural: "faces found", "false finds". */
  readonly words: { readonly hits: string; readonly falses: string };
  /** Rising [K]. */
  readonly thresholds: readonly number[];
  /** Of score ≥ threshold [K]. */
  readonly hits: readonly number[];
  readonly falses: readonly number[];
  /** Index of the threshold that is in use. */
  readonly start: number;
}
