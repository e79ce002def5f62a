import type { PictureReference, ReleaseFiles } from "@foveajs/evaluation";
import type {
  FacePipeline,
  FindRateOptions,
  Image,
  LearntSet,
  OpenSession,
  OwnRequest,
  RateCurve,
  Recipe,
  TrainingEvent,
  TrainingPictures,
  ValidationPictures,
  ModelCard as WholeCard,
} from "@foveajs/vision";
import type { Conversion, Converted } from "./models/conversion.ts";
import type { Prediction } from "./models/prediction.ts";
import type { ModelCard, ModelStore } from "./models/store.ts";
import type { Subject } from "./models/subject.ts";

/** Results as a card has them. */
export type CardResults = WholeCard["results"];

/** How many pictures a file lists, and how many it listed before, null where it had no list. */
export interface WrittenPictures {
  readonly count: number;
  readonly before: number | null;
}

/** How far an operation is; `total` absent where it is not known. */
export interface Progress {
  readonly done: number;
  readonly total?: number;
  /** What is counted, in the plural: "images". */
  readonly unit: string;
  /** What is being done, for people. */
  readonly note?: string;
  /** What the operation itself expects; without it the edge reckons from the pace. */
  readonly secondsLeft?: number;
  /** What computes, for people, once it is known. */
  readonly device?: string;
}

/** The outcome of running a model's golden input again. */
export interface Verification {
  readonly matches: boolean;
  /** Largest absolute difference from the golden output. */
  readonly largestDifference: number;
  readonly tolerance: number;
}

/** What computes here. */
export interface Runtime {
  /** Version of onnxruntime. */
  readonly version: string;
  readonly providers: readonly { readonly name: string; readonly bundled: boolean }[];
  /** What sessions run on, for people: "cpu, 2 threads". */
  readonly device: string;
}

/** This machine, as far as the doctor tells of it. */
export interface Machine {
  /** "20.19.0", without "v". */
  readonly node: string;
  /** "linux x64". */
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
}

/** A training to run. `auto` goes on where the run folder holds an unfinished run and starts one where it does not. */
export interface TrainingOptions {
  /** Path of a recipe, or pictures of one's own, for which one is proposed. */
  readonly recipe: string | OwnRequest;
  /** Folder of the run; absent: as the trainer decides from the recipe's name. */
  readonly run?: string;
  readonly start: "auto" | "resume" | "fresh";
  readonly threads?: number;
  /** What computes the steps; absent: the CPU. */
  readonly device?: string;
  /** Where the folders of data sets are looked for; absent: the usual places. */
  readonly dataFolders?: readonly string[];
  /** Fit only the heads, on the features of the model that the recipe starts from. */
  readonly heads?: boolean;
  readonly signal: AbortSignal;
}

/** A model that is open for pictures. */
export interface PredictingModel {
  /** One prediction a picture, in their order. */
  readonly predict: (images: readonly Image[], options?: { signal?: AbortSignal }) => Promise<readonly Prediction[]>;
  readonly dispose: () => Promise<void>;
}

/** What operations need of the packages below. Everything here can be replaced in a test. */
export interface Parts {
  /** An image file's bytes as an upright RGB or grey image of at most so many pixels; `name` is for messages. */
  readonly decodeImage: (bytes: Uint8Array, options: { name: string; maxPixels?: number }) => Promise<Image>;
  readonly encodeImage: (image: Image, options: { format: "png" | "jpeg" }) => Promise<Uint8Array>;
  readonly createFacePipeline: (options: {
    models: ModelStore;
    threads?: number;
    /** Where a model is run; in this process when absent. */
    openSession?: OpenSession;
  }) => Promise<FacePipeline>;
  /** A model by its name, or by the path of its .onnx file; one without a card is an error. */
  readonly openModel: (options: { models: ModelStore; name: string; threads?: number }) => Promise<PredictingModel>;
  readonly readCard: (path: string) => Promise<ModelCard>;
  readonly verifyModel: (path: string) => Promise<Verification>;
  /** SHA-256 of a model's file less its metadata. */
  readonly graphHash: (path: string) => Promise<string>;
  /** Replaces the results in the card of a model's file; the graph stays byte for byte. */
  readonly writeResults: (path: string, results: CardResults) => Promise<void>;
  /** The pictures that a training by a recipe learns from, without training. */
  readonly recipePictures: (
    recipe: string,
    options: { readonly dataFolders?: readonly string[]; readonly signal: AbortSignal },
  ) => Promise<{ readonly pictures: TrainingPictures; readonly sets: readonly LearntSet[] }>;
  /** Adds pictures to those that a model's file lists as trained on; the graph and the card stay byte for byte. */
  readonly writePictures: (path: string, pictures: TrainingPictures) => Promise<WrittenPictures>;
  /** Converts a model's file, and measures it and the original. */
  readonly exportModel: (conversion: Conversion) => Promise<Converted>;
  readonly train: (options: TrainingOptions) => AsyncIterable<TrainingEvent>;
  /** Opens the data sets of a recipe for the pictures of its validation, `side` pixels along the longer side. */
  readonly validationPictures: (
    recipe: Recipe,
    options: { dataFolders?: readonly string[]; side: number },
  ) => Promise<ValidationPictures>;
  /** Opens what is to be evaluated: "face" (the shipped pipeline), the name of a model, or the path of one. */
  readonly openSubject: (options: { models: ModelStore; name: string; threads?: number }) => Promise<Subject>;
  /** Trains fresh weights while the learning rate rises. */
  readonly findRate: (
    options: Omit<FindRateOptions, "dataFolders"> & { dataFolders?: readonly string[] },
  ) => Promise<RateCurve>;
  /** Where the recipes of shipped models stand, each in a folder of its own. */
  readonly recipesFolder: string;
  /** The label files of a data set's folder. */
  readonly releaseFiles: (folder: string) => ReleaseFiles;
  /** Loads pictures that the labels of a folder refer to. */
  readonly createPictureLoader: (folder: string) => (picture: PictureReference) => Promise<Image>;
  /** The commit of the code that runs, with "-dirty" where files differ from it; null outside of its repository. */
  readonly commit: () => Promise<string | null>;
  readonly runtime: () => Promise<Runtime>;
  readonly machine: () => Machine;
  /** Version of an optional package, undefined where it is not installed. */
  readonly optionalPackage: (name: string) => Promise<string | undefined>;
}

/** Everything that an operation may touch besides its input. */
export interface Context {
  readonly parts: Parts;
  /** Models of the usual folders, and of `folder` before them. */
  readonly models: (folder?: string) => ModelStore;
  /** Folder for what may be made again. */
  readonly cacheFolder: string;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
  /** Hears of each failure that a result carries, with its causes, before the result comes. */
  readonly onFailure?: (thrown: unknown) => void;
  /** Milliseconds from any fixed moment, never going back. */
  readonly now: () => number;
}
