import type { TrainingEvent } from "@foveajs/vision";
import type { Context } from "../context.ts";
import { createRunReporter } from "../runs/run-reporter.ts";

/** A report of the run that trains was written, or could not be: the training goes on. */
export interface TrainingReport {
  readonly type: "report";
  readonly path?: string;
  readonly reason?: string;
}

/**
 * The events of a training, with a report of its run written after the checkpoint of each epoch, so that a page never costs one,
 * and at the end. `run`: its folder, where it is known before the start.
 */
export async function* withReports(
  events: AsyncIterable<TrainingEvent>,
  { run, dataFolders }: { readonly run: string | undefined; readonly dataFolders: readonly string[] | undefined },
  { parts, signal, onFailure }: Pick<Context, "parts" | "signal" | "onFailure">,
): AsyncGenerator<TrainingEvent | TrainingReport> {
  const reporter = createRunReporter({ parts, dataFolders });
  const write = (folder: string, detail: "quick" | "whole"): Promise<TrainingReport> =>
    reporter.write(folder, { detail, now: Date.now() }).then(
      ({ path }) => ({ type: "report", path }),
      (thrown: Error) => {
        onFailure?.(thrown);
        return { type: "report", reason: thrown.message };
      },
    );
  let folder = run;
  let isDue = false;
  for await (const event of events) {
    yield event;
    if (event.type === "start") folder = event.run;
    // the last epoch is told with the model
    if (event.type === "epoch") isDue = event.epoch < event.epochs;
    if (folder === undefined || signal.aborted) continue;
    if (event.type === "done") yield await write(folder, "whole");
    if (event.type === "checkpoint" && isDue) {
      isDue = false;
      yield await write(folder, "quick");
    }
  }
}
