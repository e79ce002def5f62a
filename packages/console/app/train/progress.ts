import type { TrainingEvent } from "@foveajs/vision";

/** A mean of the loss over some steps. */
export interface LossPoint {
  /** Steps done at its end. */
  readonly step: number;
  readonly loss: number;
  /** Steps that it is the mean of. */
  readonly count: number;
}

/** Share of the held-out pictures that were right after an epoch. */
export interface AccuracyPoint {
  readonly step: number;
  /** 0 to 1. */
  readonly accuracy: number;
}

/** What is shown of a training, from its events. */
export interface Progress {
  /** Sending pictures to the server, looking at them and measuring the machine, learning and writing the model, done. */
  readonly phase: "sending" | "looking" | "learning" | "done";
  /** Of the pictures, the share that is sent, 0 to 1; 0 where none are sent. */
  readonly sent: number;
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly secondsLeft: number | undefined;
  readonly losses: readonly LossPoint[];
  readonly accuracies: readonly AccuracyPoint[];
  /** Pictures that are learned from and held out. */
  readonly samples: { readonly train: number; readonly valid: number } | undefined;
}

export const noProgress: Progress = {
  phase: "looking",
  sent: 0,
  step: 0,
  steps: 0,
  epoch: 0,
  epochs: 0,
  secondsLeft: undefined,
  losses: [],
  accuracies: [],
  samples: undefined,
};

/** Points of the curve of the loss at most: as many as a chart has room for. */
const MOST_POINTS = 200;

/** Share of the steps that are done, undefined while they are not known. */
export const shareDone = ({ phase, sent, step, steps }: Progress): number | undefined =>
  phase === "sending" ? sent : phase === "done" ? 1 : steps > 0 ? step / steps : undefined;

/** The metric of examples by class, as `trainInMemory` names it. */
const ACCURACY = "class/accuracy";

/** What is shown after an event. A run that goes on from its checkpoint loses what it had done since. */
export function withEvent(progress: Progress, event: TrainingEvent): Progress {
  switch (event.type) {
    case "start": {
      const { step, steps, epoch, epochs, samples } = event;
      const isKept = (point: { readonly step: number }) => point.step <= step;
      return {
        ...progress,
        phase: "learning",
        step,
        steps,
        epoch,
        epochs,
        secondsLeft: undefined,
        losses: progress.losses.filter(isKept),
        accuracies: progress.accuracies.filter(isKept),
        samples: { train: samples.train ?? 0, valid: samples.valid ?? 0 },
      };
    }
    case "step": {
      const { step, steps, epoch, epochs, loss, seconds_left: secondsLeft } = event;
      return { ...progress, step, steps, epoch, epochs, secondsLeft, losses: withLoss(progress.losses, event, loss) };
    }
    case "epoch": {
      const accuracy = event.metrics[ACCURACY];
      if (accuracy === undefined) return progress;
      return { ...progress, accuracies: [...progress.accuracies, { step: event.step, accuracy }] };
    }
    case "proposal":
    case "checkpoint":
      return progress;
    case "done":
      return { ...progress, phase: "done", step: event.step, secondsLeft: 0 };
  }
}

function withLoss(
  losses: readonly LossPoint[],
  { step, steps }: { readonly step: number; readonly steps: number },
  loss: number,
): readonly LossPoint[] {
  const width = Math.max(1, Math.ceil(steps / MOST_POINTS));
  const last = losses.at(-1);
  const binOf = (at: number) => Math.floor((at - 1) / width);
  if (!last || binOf(last.step) !== binOf(step)) return [...losses, { step, loss, count: 1 }];
  const count = last.count + 1;
  return [...losses.slice(0, -1), { step, loss: last.loss + (loss - last.loss) / count, count }];
}
