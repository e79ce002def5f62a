import type { Analysis, Prediction, Tensor } from "@foveajs/operations";

interface PictureJob {
  /** The picture's file. */
  readonly bytes: Uint8Array;
  /** What messages and results call it. */
  readonly name: string;
}

/** Finds faces and, but for `detect`, reads them. */
export interface AnalyzeJob extends PictureJob {
  readonly kind: "analyze" | "detect";
  readonly input: { readonly threshold?: number; readonly maxSide?: number; readonly only?: string };
  /** Readings that are told to nobody here. */
  readonly withheld: readonly string[];
  /** The picture drawn, in this format. */
  readonly overlay?: "png" | "jpeg";
}

/** Runs one model on a picture. */
export interface PredictJob extends PictureJob {
  readonly kind: "predict";
  readonly model: string;
}

/** Decodes a picture, to see that it is one. */
export interface CheckJob extends PictureJob {
  readonly kind: "check";
}

/** Runs one model on tensors. */
export interface InferJob {
  readonly kind: "infer";
  readonly model: string;
  readonly feeds: Readonly<Record<string, Tensor>>;
}

export type Job = AnalyzeJob | PredictJob | CheckJob | InferJob;

export interface AnalyzeAnswer {
  readonly analysis: Analysis;
  readonly overlay?: Uint8Array;
}

export interface PredictAnswer {
  readonly width: number;
  readonly height: number;
  readonly prediction: Prediction;
}

export interface CheckAnswer {
  readonly width: number;
  readonly height: number;
}

export interface InferAnswer {
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** What a job gives. */
export interface AnswerOf {
  readonly analyze: AnalyzeAnswer;
  readonly detect: AnalyzeAnswer;
  readonly predict: PredictAnswer;
  readonly check: CheckAnswer;
  readonly infer: InferAnswer;
}

export type Answer = AnswerOf[Job["kind"]];

/** Milliseconds of each stage that a job went through. */
export type Stages = Readonly<Partial<Record<"decode" | "inference" | "render", number>>>;

/** Jobs of one key may be handed to a worker together. */
export const batchKeyOf = (job: Job): string =>
  job.kind === "predict" || job.kind === "infer" ? `${job.kind} ${job.model}` : job.kind;
