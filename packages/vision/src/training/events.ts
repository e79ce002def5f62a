/** Measured values by name, `expression/accuracy` for a metric of a task. */
export type Measures = Readonly<Record<string, number>>;

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
  readonly seconds_left: number;
}

/** The state is safely on disk: a run that ends from now on goes on from here. */
export interface TrainingCheckpoint {
  readonly type: "checkpoint";
  readonly step: number;
  readonly path: string;
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
}

/** What a training tells while it runs, in order: start, then steps, epochs and checkpoints, then done. */
export type TrainingEvent = TrainingStart | TrainingStep | TrainingEpoch | TrainingCheckpoint | TrainingDone;
