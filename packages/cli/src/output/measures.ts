import { byRank, byTask, metricKind, metricTitle, withCalibrated } from "@foveajs/operations";
import type { Style } from "./style.ts";
import { formatTable, printable } from "./table.ts";

type Measures = Readonly<Record<string, number>>;

/** A metric's value: shares as per cent. */
export function measureText(name: string, value: number): string {
  if (metricKind(name)?.unit === "fraction") return `${(100 * value).toFixed(1)} %`;
  return value.toFixed(value !== 0 && Math.abs(value) < 0.1 ? 4 : 3);
}

/** ▲ and ▼ for better and worse than before, = for the same as shown, nothing where there was nothing before. */
export function changeMark(name: string, value: number, before: number | undefined, style: Style): string {
  const kind = metricKind(name);
  if (before === undefined || kind === undefined) return " ";
  if (measureText(name, value) === measureText(name, before)) return style.dim("=");
  return value > before === kind.higherIsBetter ? style.green("▲") : style.red("▼");
}

/**
 * A row a task: its name, its loss where it is known, then its first metrics by their rank, each with its change since
 * `before`. Metrics come by "task/metric";
 * where calibration changed one, the calibrated one is shown alone.
 */
export function measureRows(
  metrics: Measures,
  {
    style,
    before = {},
    losses = {},
    most = 3,
  }: {
    readonly style: Style;
    readonly before?: Measures;
    readonly losses?: Measures;
    /** How many metrics of a task a row shows. */
    readonly most?: number;
  },
): string {
  const tasks = byTask(withCalibrated(metrics));
  const names = [...new Set([...Object.keys(losses), ...tasks.keys()])];
  const rows = names.map((task) => {
    const measured = tasks.get(task) ?? {};
    const loss = losses[task];
    const shown = byRank(Object.keys(measured)).slice(0, most);
    const cells = shown.flatMap((name) => {
      const value = measured[name]!;
      const mark = changeMark(name, value, before[`${task}/${name}`], style);
      return [style.dim(printable(metricTitle(name))), `${measureText(name, value)} ${mark}`];
    });
    const told = Object.keys(losses).length === 0 ? [] : [style.dim("loss"), loss === undefined ? "" : loss.toFixed(4)];
    return [`  ${style.bold(printable(task))}`, ...told, ...cells];
  });
  // every second column is a value
  return formatTable(rows, { right: [2, 4, 6, 8] });
}
