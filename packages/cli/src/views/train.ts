import { takenText } from "@foveajs/operations";
import { measureRows } from "../output/measures.ts";
import { count, counted, duration, printable } from "../output/table.ts";
import { ratesText } from "./rates.ts";
import { jobText, summaryText } from "./sweep.ts";
import type { ResultOf, ViewMaker } from "./view.ts";

/** Pictures that cannot be read are listed up to this number; all are in --json. */
const SHOWN = 5;

/** What is trained, a block an epoch with a row a task, and where the model is; single steps show in the progress line alone. */
export const trainView: ViewMaker<ResultOf<"train">> = ({ style }) => {
  let before: Readonly<Record<string, number>> = {};
  let elapsed = 0;
  let report: string | undefined;
  let isDone = false;
  return {
    item(event) {
      switch (event.type) {
        case "proposal": {
          const width = Math.max(...event.notes.map(({ what }) => what.length));
          const notes = event.notes.map(
            ({ what, value, why }) =>
              `${printable(what).padEnd(width)}  ${style.bold(printable(value))}  ${style.dim(printable(why))}\n`,
          );
          const skipped = event.skipped
            .slice(0, SHOWN)
            .map(({ picture, reason }) => `  ${printable(picture)}: ${printable(reason)}\n`);
          const more =
            event.skipped.length > SHOWN ? `  and ${counted(event.skipped.length - SHOWN, "more", "more")}\n` : "";
          const told = `${counted(event.skipped.length, "picture")} cannot be read and ${event.skipped.length === 1 ? "is" : "are"} left out:\n`;
          return [
            ...notes,
            ...(event.skipped.length > 0 ? [style.yellow(told), ...skipped, more] : []),
            `${style.dim(`recipe ${printable(event.recipe)}`)}\n`,
          ].join("");
        }
        case "start": {
          const samples = Object.entries(event.samples).map(([split, samples]) => `${count(samples)} ${split}`);
          const from = event.step === 0 ? "" : `; goes on at step ${count(event.step)}`;
          return [
            `${style.bold(`${count(event.parameters)} parameters`)} on ${samples.join(", ")} samples`,
            `; ${counted(event.steps, "step")}, ${counted(event.epochs, "epoch")}${from}\n`,
            style.dim(`${event.device}; seed ${event.seed}; run ${printable(event.run)}`),
            "\n",
          ].join("");
        }
        case "job":
          return jobText(event, style);
        case "summary":
          return summaryText(event, style);
        case "rates":
          return ratesText(event, style);
        case "step":
        case "checkpoint":
          return "";
        case "epoch": {
          elapsed += event.seconds;
          const { metrics, losses } = event;
          const head = [
            style.bold(`epoch ${String(event.epoch).padStart(String(event.epochs).length)}/${event.epochs}`),
            `loss ${event.loss.toFixed(4)}`,
            style.dim(`${count(event.images_per_second)} images/s`),
            style.dim(`${duration(elapsed * 1000)} elapsed`),
            style.dim(`${duration(event.seconds_left * 1000)} left`),
          ].join("  ");
          const rows = measureRows(metrics, { style, before, losses });
          before = { ...before, ...metrics };
          return `${head}\n${rows}`;
        }
        case "report":
          if (event.path === undefined) return style.yellow(`no report: ${printable(event.reason ?? "")}\n`);
          // the same page at every epoch is told once, and again at the end
          if (report === event.path && !isDone) return "";
          report = event.path;
          return style.dim(`report ${printable(report)}\n`);
        case "done": {
          isDone = true;
          return [
            `${style.green("done")} in ${duration(event.seconds * 1000)}: ${style.bold(printable(event.model))}\n`,
            measureRows(event.metrics, { style, most: 4 }),
            event.moment === undefined ? "" : `${takenText(event.moment)}\n`,
            style.dim(`sha256 ${event.sha256}\n`),
          ].join("");
        }
      }
    },
    end: () => "",
  };
};
