/** Numbers along a line; `x` and `y` any numbers, at least one. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

export interface ChartOptions {
  readonly width?: number;
  readonly height?: number;
  readonly labelX?: (x: number) => string;
  readonly labelY?: (y: number) => string;
  /** Place on the x axis that is marked below it. */
  readonly mark?: number | undefined;
}

/**
 * A line chart in letters: the mean of the points in each column, ends of both axes in numbers, a caret under the mark.
 * Values above twice the first are cut off, so that a loss that explodes does not flatten all the rest.
 */
export function lineChart(points: readonly ChartPoint[], options: ChartOptions = {}): string {
  const { width = 64, height = 12, labelX = String, labelY = (y) => y.toFixed(3), mark } = options;
  const left = points[0]!.x;
  const span = points.at(-1)!.x - left || 1;
  const columnOf = (x: number) => Math.round(((x - left) / span) * (width - 1));
  const ceiling = Math.max(...points.filter(({ y }) => y <= 2 * points[0]!.y).map(({ y }) => y));
  const floor = Math.min(...points.map(({ y }) => y));
  const rowOf = (y: number) => {
    const share = ceiling > floor ? (Math.min(y, ceiling) - floor) / (ceiling - floor) : 0;
    return height - 1 - Math.round(share * (height - 1));
  };
  const cells = Array.from({ length: height }, () => new Array<string>(width).fill(" "));
  for (let column = 0; column < width; column++) {
    const inside = points.filter(({ x }) => columnOf(x) === column);
    if (inside.length === 0) continue;
    cells[rowOf(inside.reduce((sum, { y }) => sum + y, 0) / inside.length)]![column] = "*";
  }
  const labels = cells.map((_, row) => (row === 0 ? labelY(ceiling) : row === height - 1 ? labelY(floor) : ""));
  const margin = Math.max(...labels.map((label) => label.length));
  const lines = cells.map((row, index) => `${labels[index]!.padStart(margin)} |${row.join("")}`.trimEnd());
  const [first, last] = [labelX(left), labelX(left + span)];
  const under = mark === undefined ? [] : [`${" ".repeat(margin + 2 + columnOf(mark))}^`];
  return [
    ...lines,
    `${" ".repeat(margin)} +${"-".repeat(width)}`,
    ...under,
    `${" ".repeat(margin + 2)}${first}${last.padStart(Math.max(1, width - first.length))}`,
    "",
  ].join("\n");
}
