import type { Box, Face, FaceOptions, Image, TrainingPictures } from "@foveajs/vision";

/** A model that names one of several classes of a whole picture, such as the crop of a face. */
export interface Classifier {
  /** Name of the task. */
  readonly name: string;
  readonly labels: readonly string[];
  /** Calibrated logits of each picture, in the order of the labels. */
  readonly classify: (images: readonly Image[], signal: AbortSignal) => Promise<readonly ArrayLike<number>[]>;
}

/** A model that finds faces. */
export interface Finder {
  /** Its own, from which a find counts. */
  readonly threshold: number;
  /** Names of the points that it tells of each face. */
  readonly pointNames: readonly string[];
  /** Faces from the highest score down, not read. */
  readonly find: (image: Image, options: FaceOptions) => Promise<readonly Face[]>;
}

/** A pipeline that finds faces and reads them. */
export interface Reader {
  /** Tasks that name one of several classes of each face. */
  readonly tasks: readonly Pick<Classifier, "name" | "labels">[];
  /** Names of the numbers that it tells of each face, such as valence. */
  readonly values: readonly string[];
  /** Names of the points that it tells of each face: those of the finder, and "0", "1" ... for its landmarks. */
  readonly pointNames: readonly string[];
  /** Faces from the highest score down, as `analyze` finds and reads them. */
  readonly read: (image: Image, options: FaceOptions) => Promise<readonly Face[]>;
}

/** A reader of faces whose boxes are told. */
export interface BoxedReader extends Omit<Reader, "read"> {
  /** The face in the box. */
  readonly read: (image: Image, box: Box, options: FaceOptions) => Promise<Face>;
}

/** A model that finds objects of named classes. */
export interface ObjectFinder {
  /** Its own, from which a find counts. */
  readonly threshold: number;
  readonly labels: readonly string[];
  /** Objects from the highest score down; `threshold` in place of the model's own. */
  readonly find: (
    image: Image,
    options: { readonly threshold?: number; readonly signal: AbortSignal },
  ) => Promise<readonly { readonly category: string; readonly box: Box; readonly score: number }[]>;
}

/** A task that tells something of a picture: one class, labels that may hold at once, or numbers. */
export type ToldTask =
  | {
      readonly kind: "classification";
      readonly name: string;
      readonly labels: readonly string[];
      /** What the picture is to show where it is not what the other tasks see, such as eye. */
      readonly region?: string | undefined;
    }
  | {
      readonly kind: "multilabel";
      readonly name: string;
      readonly labels: readonly string[];
      /** Of each label, the least probability from which it is told. */
      readonly thresholds: readonly number[];
    }
  | { readonly kind: "regression"; readonly name: string; readonly values: readonly string[] };

/** What tasks tell of one picture, by their names: calibrated logits, probabilities of labels, or numbers, in their order. */
export type TaskValues = Readonly<Record<string, ArrayLike<number>>>;

/** A model that tells several things of a picture in one run. */
export interface TaskReader {
  readonly tasks: readonly ToldTask[];
  readonly read: (images: readonly Image[], signal: AbortSignal) => Promise<readonly TaskValues[]>;
}

/** What is evaluated, opened: a model or a pipeline, and what it can do. */
export interface Subject {
  readonly name: string;
  /** SHA-256 of the file; of a pipeline, of the lines "HASH  NAME.onnx" of its models, as sha256sum prints them. */
  readonly sha256: string;
  /** SHA-256 of the file less its metadata, which does not change with what is written into its card; of a single model. */
  readonly graphSha256?: string;
  /** For each model behind it, the pictures that it was trained on, absent where its file does not list them. */
  readonly trainingPictures?: readonly { readonly model: string; readonly pictures?: TrainingPictures }[];
  readonly classifiers: readonly Classifier[];
  readonly taskReader?: TaskReader;
  readonly finder?: Finder;
  readonly objectFinder?: ObjectFinder;
  readonly reader?: Reader;
  readonly boxedReader?: BoxedReader;
  /** What computes, for people. */
  readonly device: string;
  readonly dispose: () => Promise<void>;
}
