import { measureRows } from "../output/measures.ts";
import { bytes, count, counted, duration, formatPairs, printable } from "../output/table.ts";
import type { ResultOf, ViewMaker } from "./view.ts";

/** A paragraph a run: its recipe, how far it is, and a row a task with its last metrics. */
export const runsView: ViewMaker<ResultOf<"runs">> = ({ style }) => {
  let listed = 0;
  return {
    item(run) {
      listed++;
      const folder = style.bold(printable(run.folder));
      if ("error" in run) return `${folder}  ${style.red(printable(run.error.message))}\n`;
      const { recipe, state, step, steps, epoch, epochs, seconds, seconds_left, metrics, report } = run;
      const states = { done: style.green, running: style.cyan, stopped: style.yellow } as const;
      const head = [
        folder,
        printable(recipe),
        states[state](state),
        `step ${count(step)}/${count(steps)}`,
        `epoch ${epoch}/${epochs}`,
        ...(seconds > 0 ? [style.dim(duration(seconds * 1000))] : []),
        ...(seconds_left === undefined || state === "done" ? [] : [style.dim(`${duration(seconds_left * 1000)} left`)]),
      ];
      const page = report === undefined ? "" : style.dim(`  ${printable(report)}\n`);
      return `${head.join("  ")}\n${measureRows(metrics, { style })}${page}`;
    },
    end: () => (listed === 0 ? "no runs\n" : ""),
  };
};

/** Where the page is, and what it tells of. */
export const reportRunView: ViewMaker<ResultOf<"runs report">> = ({ style }) => ({
  item({ report, size_bytes, recipe, state, epoch, tasks, pictures, no_pictures, milliseconds }) {
    const pairs = [
      ["run", `${recipe}, ${state}, ${counted(epoch, "whole epoch")}`],
      ["tasks", tasks.join(", ")],
      ["pictures", no_pictures === undefined ? counted(pictures, "picture") : `none: ${no_pictures}`],
    ] as const;
    const shown = pairs.map(([name, value]) => [style.dim(`  ${name}`), printable(value)] as const);
    const head = `${style.bold(printable(report))}  ${bytes(size_bytes)}  ${style.dim(duration(milliseconds))}\n`;
    return `${head}${formatPairs(shown)}`;
  },
  end: () => "",
});
