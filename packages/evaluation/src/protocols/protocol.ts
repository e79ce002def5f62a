import type { BootstrapOptions, Measured } from "../statistics/bootstrap.ts";
import type { ReleaseFiles } from "./release-files.ts";

/** `direct`: the model is given the annotated face. `end_to_end`: it is given the whole picture, and a face missed is wrong. */
export type Mode = "direct" | "end_to_end";

/** One number of a protocol. */
export interface MetricInfo {
  /** Key in results. */
  readonly name: string;
  readonly unit: string;
  readonly higherIsBetter: boolean;
  /** What it is, in a phrase. */
  readonly summary: string;
}

/** A score that others published under this protocol. `source` says where, and "(recalled)" where no source was seen. */
export interface PublishedScore {
  readonly method: string;
  readonly metric: string;
  readonly value: number;
  readonly source: string;
}

/** One part of the official release. */
export interface OfficialPart {
  readonly name: string;
  /** Samples that are scored in the complete official release; absent where it was not at hand to count. */
  readonly count?: number;
}

/** What a protocol is, as data. */
export interface ProtocolInfo {
  readonly id: string;
  readonly title: string;
  readonly task: "classification" | "landmarks" | "detection";
  readonly metrics: readonly MetricInfo[];
  /** Parts by name; the first one that the data has is scored unless another is asked for. */
  readonly parts: readonly OfficialPart[];
  /** What intervals are drawn over. */
  readonly unit: string;
  readonly data: {
    /** Where the official release is to be had. */
    readonly where: string;
    readonly licence: string;
    /** The paper. */
    readonly source: string;
  };
  /** Rules and choices that a reader of the numbers must know; "(recalled)" and "(design)" where they are not published. */
  readonly rules: readonly string[];
  readonly published: readonly PublishedScore[];
}

/** A protocol that can be run: it reads the label files of a release, and what it reads scores answers. */
export interface Protocol extends ProtocolInfo {
  /** `part` absent: the first of `parts` that the data has. */
  readonly read: (files: ReleaseFiles, options?: { readonly part?: string }) => Promise<Test>;
}

/** Where the pixels of a sample are: a file (relative to the release's folder), a rectangle of one, or the label file itself. */
export type PictureReference =
  | {
      readonly file: string;
      readonly tile?: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
    }
  | { readonly width: number; readonly height: number /** Grey bytes, row by row. */; readonly pixels: Uint8Array };

/** One picture to answer for. */
export interface TestSample {
  /** As predictions name it: the file as the label file has it, or the number of its row. */
  readonly id: string;
  readonly picture: PictureReference;
}

/** Which samples were scored; `sha256` is over their label rows (see `splitOf`), 64 hexadecimal digits. */
export interface Split {
  readonly name: string;
  readonly sha256: string;
  readonly count: number;
}

/** What answers came to. `missed` counts samples (or faces) without an answer. */
export interface Scores {
  readonly missed: number;
  readonly metrics: Readonly<Record<string, Measured>>;
}

export type ScoreOptions = BootstrapOptions;

interface TestOf<Kind extends ProtocolInfo["task"]> {
  readonly kind: Kind;
  readonly split: Split;
  /** Modes that the pictures at hand allow, in the order of results. */
  readonly modes: readonly Mode[];
  readonly samples: readonly TestSample[];
  /** Ids of samples that are in the release and not scored here; predictions of them are passed over. */
  readonly others: ReadonlySet<string>;
}

/** Answers of a classifier: logits in the order of `labels`, by sample; null for a face that was missed. */
export interface ClassAnswers {
  readonly labels: readonly string[];
  readonly logits: ReadonlyMap<string, ArrayLike<number> | null>;
  /** Whether softmax of the logits gives probabilities; false where only classes were told. */
  readonly hasProbabilities: boolean;
}

export interface ClassificationTest extends TestOf<"classification"> {
  readonly classes: readonly string[];
  /** The column of each class among a model's labels; throws where the model does not tell them all. */
  readonly columns: (labels: readonly string[]) => readonly number[];
  /** The class that a label means, undefined for none. */
  readonly classOf: (label: string) => string | undefined;
  readonly score: (answers: ClassAnswers, options: ScoreOptions) => Scores;
}

/** Points [2P] as x, y of each, in the convention of the label files, and the pose where it was told. */
export interface LandmarkAnswer {
  readonly points: ArrayLike<number>;
  readonly pose?: string;
}

export interface LandmarksTest extends TestOf<"landmarks"> {
  /** Names of the points in their order. */
  readonly pointNames: readonly string[];
  /** Columns of prediction files, x and y of each point. */
  readonly pointColumns: readonly (readonly [x: string, y: string])[];
  /** Classes of head pose in the order of their codes from 1, and their column; absent where the set has none. */
  readonly pose?: { readonly column: string; readonly classes: readonly string[] };
  /** Labelled points of each sample, by which the labelled face is told from others in the picture. */
  readonly truth: ReadonlyMap<string, ArrayLike<number>>;
  readonly score: (answers: ReadonlyMap<string, LandmarkAnswer | null>, options: ScoreOptions) => Scores;
}

/** A box that was found, in pixels of the picture. */
export interface FoundBox {
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly score: number;
}

export interface DetectionTest extends TestOf<"detection"> {
  /** A picture without an entry has no finds. */
  readonly score: (
    answers: ReadonlyMap<string, readonly FoundBox[]>,
    options: ScoreOptions & { readonly threshold: number; readonly iou?: number },
  ) => Scores;
}

/** A part that was read and can score answers. */
export type Test = ClassificationTest | LandmarksTest | DetectionTest;
