import type { HeldOutExample, ModelCard } from "@foveajs/vision";
import type { Progress } from "./progress.ts";
import type { Picture } from "./project.ts";

/** What is chosen before a training. */
export interface Wishes {
  /** Of the model, as its file is called. */
  readonly name: string;
  readonly minutes: number;
  /** Whether pictures may be mirrored; undefined: as the pictures suggest. */
  readonly flip: boolean | undefined;
  readonly place: "page" | "server";
}

/** A class as a run was started with it. */
export interface RunClass {
  readonly name: string;
  readonly pictures: readonly Picture[];
}

/** A training as it is kept: what it was started with, and how far it is. */
export interface Run extends Wishes {
  readonly status: "running" | "stopped" | "done";
  /** In the order of the model's outputs. */
  readonly classes: readonly RunClass[];
  readonly progress: Progress;
  /** Seconds that it took so far, from the press of the button, without those in which no page was open. */
  readonly seconds: number;
  /** What the server has of it. */
  readonly remote?: { readonly dataset: string; readonly job?: string };
}

/** A model that is trained, wherever that was. */
export interface Trained {
  /** The .onnx file. */
  readonly bytes: Uint8Array;
  readonly card: ModelCard;
  /** What it says of the pictures that were held out. */
  readonly heldOut: readonly HeldOutExample[];
}

/** What a place of training is given. */
export interface TrainingWork {
  readonly run: Run;
  /** Whether it was begun before; what is not there any more is begun again. */
  readonly start: "resume" | "fresh";
  readonly signal: AbortSignal;
  readonly onProgress: (change: (progress: Progress) => Progress) => void;
  /** Keeps the run as it stands, with what the server has of it. */
  readonly onKeep: (remote?: Run["remote"]) => void;
}

/** How a place trains; rejects with `vision/training-stopped` where what is done so far is kept and can be gone on with. */
export type Place = (work: TrainingWork) => Promise<Trained>;
