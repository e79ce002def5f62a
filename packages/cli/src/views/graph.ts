import type { Style } from "../output/style.ts";
import { bytes, count, counted, duration, formatPairs, formatTable, printable } from "../output/table.ts";
import type { ResultOf, ViewMaker } from "./view.ts";

type Report = ResultOf<"graph">;

/** Lines of lists that may be long. */
const longest = 12;

/** The file, its edges and its costs, then operators, what cannot be trained, and times. */
export const graphView: ViewMaker<Report> = ({ style }) => ({
  item(report) {
    const { file, size_bytes, opsets, nodes, svg, open } = report;
    const versions = Object.entries(opsets).map(([domain, version]) => `${domain || "opset"} ${version}`);
    const head = `${style.bold(printable(file))}  ${bytes(size_bytes)}, ${versions.join(", ")}, ${counted(nodes, "node")}\n`;
    const pairs = [...edges(report), ...costs(report)];
    const shown = pairs.map(([name, value]) => [style.dim(`  ${name}`), printable(value)] as const);
    const names = open.map((name) => `"${name}"`).join(", ");
    const advice =
      open.length === 0
        ? ""
        : `\n${style.yellow(`Extents are open: ${printable(names)}.`)} Give them with --shape, as in --shape ${printable(example(report))}.\n`;
    const drawn = svg === undefined ? "" : `\nThe drawing is in ${style.bold(printable(svg))}.\n`;
    return `${head}${formatPairs(shown)}${advice}\n${operators(report, style)}${troubles(report, style)}${times(report, style)}${drawn}`;
  },
  end: () => "",
});

const shapeText = (shape: Report["inputs"][number]["shape"]): string =>
  shape?.join(" × ") || (shape ? "scalar" : "open");

/** A shape that fits the first input: ones for what is open, but sides of 320. */
function example({ inputs }: Report): string {
  const input = inputs.find(({ shape }) => !shape || shape.some((extent) => typeof extent === "string"))!;
  const extents = (input.shape ?? [1, 3, 320, 320]).map((extent, axis) =>
    typeof extent === "number" ? extent : axis < 2 ? 1 : 320,
  );
  return `${input.name}=${extents.join("x")}`;
}

function edges({ inputs, outputs }: Report): [string, string][] {
  const line = ({ name, dtype, shape }: Report["inputs"][number]) => `${name}: ${dtype} ${shapeText(shape)}`;
  const list = (title: string, values: Report["inputs"]): [string, string][] =>
    values.map((value, index) => [index === 0 ? title : "", line(value)]);
  return [...list("inputs", inputs), ...list("outputs", outputs)];
}

function costs(report: Report): [string, string][] {
  const { parameters, weights_bytes, multiply_adds, peak_bytes, all_bytes, trainable_parameters, untrainable } = report;
  const memory =
    peak_bytes === null || all_bytes === null
      ? "unknown while shapes are open"
      : `${bytes(peak_bytes)} of values at most while it runs, ${bytes(all_bytes)} where all are kept (training)`;
  return [
    ["parameters", `${count(parameters)}; the file holds ${bytes(weights_bytes)} of tensors`],
    ["multiply-adds", multiply_adds === null ? "unknown while shapes are open" : large(multiply_adds)],
    ["memory", memory],
    [
      "trainable",
      untrainable === null
        ? `${count(trainable_parameters)} of ${count(parameters)} parameters`
        : `unknown: ${untrainable}`,
    ],
  ];
}

/** "135.6 million". */
const large = (value: number): string => {
  if (value < 1e6) return count(value);
  return value < 1e9 ? `${(value / 1e6).toFixed(1)} million` : `${(value / 1e9).toFixed(2)} billion`;
};

function operators({ operators: all }: Report, style: Style): string {
  const head = ["operator", "nodes", "parameters", "multiply-adds"].map((title) => style.dim(title));
  const rows = all.map(({ op, nodes, parameters, multiply_adds }) => [
    printable(op),
    count(nodes),
    parameters === 0 ? "" : count(parameters),
    multiply_adds === null ? "?" : multiply_adds === 0 ? "" : large(multiply_adds),
  ]);
  return formatTable([head, ...rows], { right: [1, 2, 3] });
}

/** What stands in the way of training: unknown operators, gaps, and what stays frozen. */
function troubles({ unknown, gaps, frozen }: Report, style: Style): string {
  const section = (title: string, rows: readonly (readonly string[])[]): string => {
    if (rows.length === 0) return "";
    const more =
      rows.length > longest ? style.dim(`and ${count(rows.length - longest)} more (--json lists all)\n`) : "";
    return `\n${title}\n${formatTable(rows.slice(0, longest).map((row) => row.map(printable)))}${more}`;
  };
  const learnt = frozen.filter(({ role }) => role !== "statistic");
  return [
    section(
      style.yellow("No shape rule"),
      unknown.map(({ node, op, reason }) => [op, node, reason]),
    ),
    section(
      style.yellow("No gradient"),
      gaps.map(({ node, op, reason }) => [op, node, reason]),
    ),
    section(
      style.yellow("Stays frozen in a training"),
      learnt.map(({ name, elements, reason }) => [name, count(elements), reason]),
    ),
  ].join("");
}

function times({ profile }: Report, style: Style): string {
  if (!profile) return "";
  const { milliseconds, nodes, runs, threads } = profile;
  const total = nodes.reduce((sum, node) => sum + node.milliseconds, 0);
  const rows = nodes
    .slice(0, longest)
    .map(({ node, op, milliseconds: own }) => [
      `${own.toFixed(3)} ms`,
      `${((100 * own) / total).toFixed(1)} %`,
      printable(op),
      style.dim(printable(node)),
    ]);
  const byOp = new Map<string, number>();
  for (const { op, milliseconds: own } of nodes) byOp.set(op, (byOp.get(op) ?? 0) + own);
  const sums = [...byOp].sort((a, b) => b[1] - a[1]).slice(0, 6);
  const shares = sums.map(([op, own]) => `${printable(op)} ${((100 * own) / total).toFixed(0)} %`).join(", ");
  const head = `\n${style.bold(milliseconds < 10 ? `${milliseconds.toFixed(2)} ms` : duration(milliseconds))} a run: mean of ${counted(runs, "run")}, ${counted(threads, "thread")}; ${shares}\n`;
  const more =
    nodes.length > longest ? style.dim(`and ${count(nodes.length - longest)} more (--json lists all)\n`) : "";
  return `${head}${formatTable(rows, { right: [0, 1] })}${more}`;
}
