type Measures = Readonly<Record<string, number>>;

interface Place {
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly epochs: number;
}

/** What a training tells, as `fovea train --json` prints it, and its end. Losses and metrics go by the names of tasks. */
export type TrainEvent =
  | {
      readonly type: "proposal";
      readonly recipe: string;
      readonly notes: readonly { readonly what: string; readonly value: string; readonly why: string }[];
      readonly skipped: readonly { readonly picture: string; readonly reason: string }[];
    }
  | (Place & {
      readonly type: "start";
      readonly run: string;
      readonly parameters: number;
      readonly samples: Measures;
      readonly device: string;
      readonly seed: number;
    })
  | (Place & {
      readonly type: "step";
      readonly loss: number;
      readonly losses: Measures;
      readonly learning_rate: number;
      readonly images_per_second: number;
      readonly seconds_left: number;
    })
  | (Place & {
      readonly type: "epoch";
      readonly loss: number;
      readonly losses: Measures;
      readonly metrics: Measures;
      readonly images_per_second: number;
      readonly seconds: number;
      readonly seconds_left: number;
      readonly seconds_by_part?: Measures | undefined;
      readonly peak_memory_bytes?: number | undefined;
      readonly loss_weights?: Measures | undefined;
      readonly resting?: readonly string[] | undefined;
    })
  | { readonly type: "checkpoint"; readonly step: number; readonly path: string }
  | {
      readonly type: "done";
      readonly step: number;
      readonly seconds: number;
      readonly model: string;
      readonly sha256: string;
      readonly metrics: Measures;
      /** Which epoch and which heads were taken (training.moment). */
      readonly moment?:
        | {
            readonly epoch: number;
            readonly seconds?: number | undefined;
            readonly heads: Readonly<
              Record<
                string,
                { readonly own: number; readonly refitted: number | null; readonly epoch?: number | undefined }
              >
            >;
          }
        | undefined;
    }
  | { readonly type: "report"; readonly path?: string | undefined; readonly reason?: string | undefined }
  | {
      readonly type: "end";
      readonly state: "done" | "failed" | "cancelled";
      readonly error: { readonly code: string; readonly message: string; readonly help: string } | null;
    };
