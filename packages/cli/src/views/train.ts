import { count, counted, duration, printable } from "../output/table.ts";
import type { ResultOf, ViewMaker } from "./view.ts";

/** What is trained, a line an epoch, and where the model is; single steps show in the progress line alone. */
export const trainView: ViewMaker<ResultOf<"train">> = ({ style }) => ({
  item(event) {
    switch (event.type) {
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
      case "step":
      case "checkpoint":
        return "";
      case "epoch":
        return `${[
          style.bold(`epoch ${String(event.epoch).padStart(String(event.epochs).length)}/${event.epochs}`),
          `loss ${event.loss.toFixed(4)}`,
          ...measures(event.metrics),
          style.dim(`${count(event.images_per_second)} images/s`),
          style.dim(`${duration(event.seconds_left * 1000)} left`),
        ].join("  ")}\n`;
      case "done":
        return [
          `${style.green("done")} in ${duration(event.seconds * 1000)}: ${style.bold(printable(event.model))}\n`,
          `${[`sha256 ${event.sha256}`, ...measures(event.metrics)].join("  ")}\n`,
        ].join("");
    }
  },
  end: () => "",
});

const measures = (values: Readonly<Record<string, number>>): string[] =>
  Object.entries(values).map(([name, value]) => `${printable(name)} ${value.toFixed(4)}`);
