import type { Box } from "../metrics/boxes.ts";
import type { Mask } from "../metrics/coco/run-length.ts";
import type { TruthBox } from "../metrics/detection-matching.ts";
import type { BootstrapOptions, Measured } from "../statistics/bootstrap.ts";
import type { Outcome, Remeasure } from "./outcomes.ts";
import type { ReleaseFiles } from "./release-files.ts";
import type { OfficialPart, SplitStanding } from "./split-standing.ts";
import type { Traits, TraitValues } from "./traits.ts";

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

/** What a protocol is, as data. */
export interface ProtocolInfo {
  readonly id: string;
  readonly title: string;
  readonly task: "classification" | "landmarks" | "detection" | "objects" | "verification" | "multitask";
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
  readonly read: (files: ReleaseFiles, options?: ReadOptions) => Promise<Test>;
  /** Measures the metrics that are no sums over samples from the evidence in outcomes; absent where there are none. */
  readonly remeasure?: Remeasure;
}

/** Which samples of a release are read. */
export interface ReadOptions {
  /** The first of the protocol's `parts` that the data has when absent. */
  readonly part?: string | undefined;
  /** Ids of samples that a model was trained on: they are left out, and the split's name says how many are left. */
  readonly without?: ReadonlySet<string>;
  /** What becomes of a part that claims to be a published one and has other rows: an error (the default), or the name custom. */
  readonly mismatch?: "refuse" | "custom" | undefined;
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
  /** The whole picture, where `picture` is the face in it; `end_to_end` gives this. */
  readonly whole?: PictureReference;
}

/** Which samples were scored; `sha256` is over their label rows (see `chooseSplit`), 64 hexadecimal digits. */
export interface Split {
  readonly name: string;
  readonly sha256: string;
  readonly count: number;
  /** Whether it is what the protocol publishes under this name; "no official part" when absent. */
  readonly standing?: SplitStanding;
}

/** What answers came to. `missed` counts samples (or faces) without an answer. */
export interface Scores {
  readonly missed: number;
  readonly metrics: Readonly<Record<string, Measured>>;
  /** What each sample added, in the order of samples, for paired tests; absent where the protocol does not tell. */
  readonly outcomes?: readonly Outcome[];
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
  /** Attributes by which a report may part the samples ("pose"): the value by sample, absent where it is not known. */
  readonly subgroups?: Readonly<Record<string, ReadonlyMap<string, string>>>;
}

/** A file of predictions. */
export interface PredictionFile {
  readonly name: string;
  readonly text: string;
  /** What "%s" stood for in its name, where the predictions are spread over several files. */
  readonly key?: string;
}

/** How files of one ending are read as predictions. */
export interface PredictionFormat<Answers> {
  /** The keys of the files, one each, whose common name has "%s" in place of the key; absent for a single file. */
  readonly keys?: readonly string[];
  readonly read: (files: readonly PredictionFile[]) => Answers;
}

/** Formats by the ending of the file. */
export type PredictionFormats<Answers> = Readonly<
  Partial<Record<".csv" | ".json" | ".txt", PredictionFormat<Answers>>>
>;

/** Answers of a classifier: logits in the order of `labels`, by sample; null for a face that was missed. */
export interface ClassAnswers {
  readonly labels: readonly string[];
  readonly logits: ReadonlyMap<string, ArrayLike<number> | null>;
  /** Whether softmax of the logits gives probabilities; false where only classes were told. */
  readonly hasProbabilities: boolean;
}

export interface ClassificationTest extends TestOf<"classification"> {
  readonly classes: readonly string[];
  /** What the classes are of, as the label file calls it, such as mask; by it one of several answers of a model is chosen. */
  readonly topic?: string;
  /** Classes of predictions that are deleted before the largest is taken, as contempt is where seven are scored. */
  readonly leftOut?: readonly string[];
  /** The column of each class among a model's labels; throws where the model does not tell them all. */
  readonly columns: (labels: readonly string[]) => readonly number[];
  /** The class that a label means, undefined for none. */
  readonly classOf: (label: string) => string | undefined;
  readonly score: (answers: ClassAnswers, options: ScoreOptions) => Scores;
}

/** Points [2P] as x, y of each, in the convention of the label files, and the traits that were told. */
export interface LandmarkAnswer {
  readonly points: ArrayLike<number>;
  readonly traits?: TraitValues;
}

export interface LandmarksTest extends TestOf<"landmarks"> {
  /** Names of the points in their order. */
  readonly pointNames: readonly string[];
  /** Columns of prediction files, x and y of each point. */
  readonly pointColumns: readonly (readonly [x: string, y: string])[];
  /** What else the set labels of a face; absent where it is nothing. */
  readonly traits?: Traits;
  /** What is added to x and y of a sample's points in pixels, first centre at 0.5, for those of the label files; absent: nothing. */
  readonly shifts?: ReadonlyMap<string, number>;
  /** Labelled points of each sample, by which the labelled face is told from others in the picture. */
  readonly truth: ReadonlyMap<string, ArrayLike<number>>;
  /** The face's box that comes with a sample, by which the labelled face is told where it is there. */
  readonly boxes?: ReadonlyMap<string, Box>;
  /** The box around the annotated face of each sample, in pixels of the picture: what `direct` gives of it. */
  readonly faces?: ReadonlyMap<string, Box>;
  /** Formats of predictions besides CSV. */
  readonly formats?: PredictionFormats<ReadonlyMap<string, LandmarkAnswer | null>>;
  /** The metric that is the mean error of faces, and the error above which a face has failed. */
  readonly failure?: { readonly metric: string; readonly above: number };
  readonly score: (answers: ReadonlyMap<string, LandmarkAnswer | null>, options: ScoreOptions) => Scores;
}

/** What is told of one face, each part in the order of the test's names, empty where the test has none. */
export interface MultitaskAnswer {
  readonly quantities: ArrayLike<number>;
  readonly logits: ArrayLike<number>;
  /** Scores of the labels that may hold at once; a label is named from its threshold up. */
  readonly scores: ArrayLike<number>;
}

/** What is labelled of one face, each part in the order of the test's names. */
export interface MultitaskTruth {
  /** What it must not be torn from. */
  readonly unit: string;
  /** NaN where missing. */
  readonly quantities: ArrayLike<number>;
  /** Number of its class; absent where missing. */
  readonly target?: number;
  /** 1 present, 0 absent, NaN missing. */
  readonly labels: ArrayLike<number>;
}

/** Several things labelled of one face, each maybe missing: quantities, one class, and labels that may hold at once. */
export interface MultitaskTest extends TestOf<"multitask"> {
  /** Such as valence. */
  readonly quantities: readonly string[];
  readonly classes: readonly string[];
  /** The class that a name means, undefined for none. */
  readonly classOf: (name: string) => string | undefined;
  /** Such as action units: those that are scored. */
  readonly labels: readonly string[];
  /** The label that a name means ("au 01" is "AU1"), scored or not; undefined for none. */
  readonly labelOf: (name: string) => string | undefined;
  /** By sample. */
  readonly truth: ReadonlyMap<string, MultitaskTruth>;
  /** Formats of predictions besides CSV. */
  readonly formats?: PredictionFormats<ReadonlyMap<string, MultitaskAnswer | null>>;
  /** `threshold`: of all labels, or of each. Null is a face that was missed. */
  readonly score: (
    answers: ReadonlyMap<string, MultitaskAnswer | null>,
    options: ScoreOptions & { readonly threshold: number | readonly number[] },
  ) => Scores;
}

/** A box that was found, in pixels of the picture. */
export interface FoundBox {
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly score: number;
}

export interface DetectionTest extends TestOf<"detection"> {
  /** Labelled boxes by sample, and the least IoU of a find unless another is asked for. */
  readonly truth?: { readonly boxes: ReadonlyMap<string, readonly TruthBox[]>; readonly iou: number };
  /** A picture without an entry has no finds. */
  readonly score: (
    answers: ReadonlyMap<string, readonly FoundBox[]>,
    options: ScoreOptions & { readonly threshold: number; readonly iou?: number },
  ) => Scores;
  /** The threshold with at most `target` false finds a picture; absent where the protocol has no threshold. */
  readonly thresholdFor?: (
    answers: ReadonlyMap<string, readonly FoundBox[]>,
    options: { readonly target: number; readonly iou?: number },
  ) => ChosenThreshold;
}

/** Two pictures that show one person or two. */
export interface VerificationPair {
  /** The ids of both samples, joined by a blank. */
  readonly id: string;
  readonly first: string;
  readonly second: string;
  readonly isSame: boolean;
}

/** `samples` are the pictures of the pairs, each once: a model's embeddings of them give the similarities of all pairs. */
export interface VerificationTest extends TestOf<"verification"> {
  readonly pairs: readonly VerificationPair[];
  /** Similarities by pair, larger for surer the same; null where a face was missed. */
  readonly score: (
    answers: ReadonlyMap<string, number | null>,
    options: ScoreOptions & { readonly threshold?: number },
  ) => Scores;
  readonly thresholdFor: (answers: ReadonlyMap<string, number | null>, options: { target: number }) => ChosenThreshold;
}

/** A threshold that keeps a rate of false positives at or below a target, and the rate that it came to where it was chosen. */
export interface ChosenThreshold {
  /** Answers count from this score up. */
  readonly value: number;
  readonly reached: number;
}

/** An object that was found: its class by name, its box in pixels of the picture, and its mask where one was told. */
export interface FoundObject extends FoundBox {
  readonly category: string;
  readonly mask?: Mask;
}

/** Found objects by sample; a picture without an entry has none. */
export type ObjectAnswers = ReadonlyMap<string, readonly FoundObject[]>;

/** What became of the objects and finds of a picture at IoU 0.5, by their boxes. */
export interface MatchedPicture {
  readonly id: string;
  readonly objects: readonly (Pick<FoundObject, "category" | "box"> & {
    /** Of the find that hit it, -Infinity for none. */
    readonly score: number;
    /** Whether it counts neither way, as difficult objects and crowds do. */
    readonly ignored: boolean;
  })[];
  readonly falses: readonly Pick<FoundObject, "category" | "box" | "score">[];
}

/** One class of objects. */
export interface ClassScores {
  readonly name: string;
  /** Objects to find. */
  readonly count: number;
  /** Always under the same names, all fractions; the first is the average precision at IoU 0.5. */
  readonly values: Readonly<Record<string, Measured>>;
}

/** A curve, by rising x. */
export interface NamedCurve {
  readonly name: string;
  /** What is under it. */
  readonly area: number;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Objects of several classes. */
export interface ObjectsTest extends TestOf<"objects"> {
  readonly classes: readonly string[];
  readonly formats: PredictionFormats<ObjectAnswers>;
  readonly score: (answers: ObjectAnswers, options: ScoreOptions) => Scores;
  readonly match: (answers: ObjectAnswers) => readonly MatchedPicture[];
  /** The classes that have an object to find, in their order. */
  readonly byClass: (answers: ObjectAnswers, options: ScoreOptions) => readonly ClassScores[];
  readonly curves: (answers: ObjectAnswers) => {
    /** Precision over recall at IoU 0.5, the mean over classes: of all objects or by their size. */
    readonly precision: readonly NamedCurve[];
    /** Average precision over the least IoU of a hit, where several are scored. */
    readonly byIou?: readonly NamedCurve[];
  };
}

/** A part that was read and can score answers. */
export type Test = ClassificationTest | LandmarksTest | DetectionTest | ObjectsTest | VerificationTest | MultitaskTest;
