/** Measured values by name, `expression/accuracy` for a metric of a task. */
export type Measures = Readonly<Record<string, number>>;

/** What was found out about pictures of one's own, and the recipe that follows from it. */
export interface TrainingProposal {
  readonly type: "proposal";
  /** Where the recipe will stand, in the folder of the run. */
  readonly recipe: string;
  /** What was chosen and why, for people. */
  readonly notes: readonly TrainingNote[];
  /** Pictures that are left out since they cannot be read. */
  readonly skipped: readonly { readonly picture: string; readonly reason: string }[];
}

/** One choice of a proposal. */
export interface TrainingNote {
  readonly what: string;
  readonly value: string;
  readonly why: string;
}

/** The training is set up: what will be done, on what. `step` is above 0 where a run is resumed. */
export interface TrainingStart {
  readonly type: "start";
  /** Folder of the run: log, checkpoints, result. */
  readonly run: string;
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly parameters: number;
  /** Samples per split. */
  readonly samples: Readonly<Record<string, number>>;
  /** "cpu, 2 threads". */
  readonly device: string;
  readonly seed: number;
}

/** One optimizer step is done; trainers may leave steps out, never the last of an epoch. */
export interface TrainingStep {
  readonly type: "step";
  /** Steps done so far, 1 to `steps`. */
  readonly step: number;
  readonly steps: number;
  /** The running epoch, 1 to `epochs`. */
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
  /** The loss of each task before weighting. */
  readonly losses: Measures;
  readonly learning_rate: number;
  readonly images_per_second: number;
  readonly seconds_left: number;
}

/** An epoch is done and validated. */
export interface TrainingEpoch {
  readonly type: "epoch";
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  /** Mean training loss of the epoch. */
  readonly loss: number;
  readonly losses: Measures;
  /** Validation metrics; empty in epochs without validation. */
  readonly metrics: Measures;
  readonly images_per_second: number;
  readonly seconds: number;
  /** Where the time went since the epoch began, or since the run went on in it: "pictures", "computation", ... */
  readonly seconds_by_part?: Measures;
  /** Most memory that the process had at any time. */
  readonly peak_memory_bytes?: number;
  /** Factors of the tasks' losses where they are learned (training.loss_balance). */
  readonly loss_weights?: Measures;
  /** Tasks that are taught no more (training.patience). */
  readonly resting?: readonly string[];
  readonly seconds_left: number;
}

/** The state is safely on disk: a run that ends from now on goes on from here. */
export interface TrainingCheckpoint {
  readonly type: "checkpoint";
  readonly step: number;
  readonly path: string;
}

/** The epoch whose model is shipped, where the recipe chooses one (training.moment). */
export interface TakenMoment {
  readonly epoch: number;
  /** What choosing and fitting took at the end; absent where a run did not tell it. */
  readonly seconds?: number;
  /** By task whose head was fitted anew. */
  readonly heads: Readonly<Record<string, TakenHead>>;
}

/** Two heads of a task by their losses on validation samples that chose neither. */
export interface TakenHead {
  /** Of the network's own. */
  readonly own: number;
  /** Of the one that was fitted anew; null in a file where it had none. */
  readonly refitted: number | null;
  /** Epoch of the fit that was taken; absent where the network's own head stays. */
  readonly epoch?: number | undefined;
}

/** The model is written. */
export interface TrainingDone {
  readonly type: "done";
  readonly step: number;
  readonly seconds: number;
  /** The .onnx file. */
  readonly model: string;
  readonly sha256: string;
  readonly metrics: Measures;
  /** What was taken, where the recipe chooses a moment. */
  readonly moment?: TakenMoment;
}

/** What a training tells while it runs, in order: a proposal of one's own pictures, start, then steps, epochs and checkpoints, then done. */
export type TrainingEvent =
  | TrainingProposal
  | TrainingStart
  | TrainingStep
  | TrainingEpoch
  | TrainingCheckpoint
  | TrainingDone;
