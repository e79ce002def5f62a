import { bytes, counted, duration, formatPairs, printable } from "../output/table.ts";
import type { ResultOf, ViewMaker } from "./view.ts";

/** A paragraph a model: one line that tells it from the others, then what it was measured to do. */
export const modelsView: ViewMaker<ResultOf<"models">> = ({ style }) => ({
  item(result) {
    const name = style.bold(printable(result.name));
    if ("error" in result) return `${name}  ${style.red(printable(result.error.message))}\n`;
    const { tasks, size_bytes, sha256, licence, results, origin } = result;
    const pairs = [["tasks", tasks.join(", ")], ["licence", printable(licence)], ...resultPairs(results)] as const;
    const described = pairs.map(([label, value]) => [style.dim(`  ${label}`), value] as const);
    return `${name}  ${bytes(size_bytes)}  ${sha256.slice(0, 12)}  ${origin}\n${formatPairs(described)}`;
  },
  end: () => "",
});

/** One model's card as names and values. */
export const showModelView: ViewMaker<ResultOf<"models show">> = ({ style }) => ({
  item(model) {
    const labels = Object.entries(model.labels).map(
      ([task, names]) => [`labels of ${task}`, names.join(", ")] as const,
    );
    const derived = Object.entries(model.derived ?? {}).map(
      ([task, from]) => [`labels of ${task}`, `derived from ${from}`] as const,
    );
    const sources = model.sources.map(
      ({ name, licence, ...told }) => ["source", `${name}: ${licence}${labelWords(told)}`] as const,
    );
    const pairs = [
      ["summary", model.summary ?? ""],
      ["file", `${model.path}, ${bytes(model.size_bytes)}, ${model.origin}`],
      ["sha256", model.sha256],
      ["tasks", model.tasks.join(", ")],
      ...labels,
      ...derived,
      ["licence", model.licence],
      ...sources,
      ...resultPairs(model.results),
      ["limits", model.limits ?? ""],
    ] as const;
    const shown = pairs
      .filter(([, value]) => value !== "")
      .map(([name, value]) => [style.dim(name), printable(value)] as const);
    return `${style.bold(printable(model.name))}\n${formatPairs(shown)}`;
  },
  end: () => "",
});

type ToldLabels = Pick<ResultOf<"models show">["sources"][number], "labels" | "taught">;

/** Which labels came from a source: "; labels of smile, glasses", "; taught expression of mtfl (at least 0.8)". */
function labelWords({ labels = [], taught = [] }: ToldLabels): string {
  const own = labels.length > 0 ? `; labels of ${labels.join(", ")}` : "";
  const told = taught.map(({ task, set, share, at_least }) => {
    const how = [
      ...(share === undefined ? [] : [`a share of ${share}`]),
      ...(at_least === undefined ? [] : [`at least ${at_least}`]),
    ];
    return `${task} of ${set}${how.length > 0 ? ` (${how.join(", ")})` : ""}`;
  });
  return `${own}${told.length > 0 ? `; taught ${told.join(", ")}` : ""}`;
}

/** Results by what they were measured on: "accuracy 0.863, nll 0.373". */
function resultPairs(results: readonly { data: string; metric: string; value: number }[]): [string, string][] {
  const byData = new Map<string, string[]>();
  for (const { data, metric, value } of results) {
    byData.set(data, [...(byData.get(data) ?? []), `${metric} ${Number(value.toPrecision(3))}`]);
  }
  return [...byData].map(([data, all]) => ["results", `${all.join(", ")}; on ${data}`]);
}

/** A line a model: the same numbers or not, and by how much they differ. */
export const verifyModelsView: ViewMaker<ResultOf<"models verify">> = ({ style }) => ({
  item(result) {
    const name = style.bold(printable(result.name));
    if ("error" in result) return `${name}  ${style.red("failed")}  ${printable(result.error.message)}\n`;
    const difference = `largest difference ${result.largest_difference.toExponential(1)}, allowed ${result.tolerance.toExponential(1)}`;
    const verdict = result.matches ? style.green("as recorded") : style.red("differs from its golden output");
    return `${name}  ${verdict}  ${difference}  ${style.dim(duration(result.milliseconds))}\n`;
  },
  end: () => "",
});

/** What the card says now, and what changed of the files. */
export const modelResultsView: ViewMaker<ResultOf<"models results">> = ({ style }) => ({
  item({ name, path, sha256, results, checksums }) {
    const pairs = [
      ...resultPairs(results),
      ["file", `${path}, now ${sha256.slice(0, 12)}; the graph is as before`],
      ["checksums", checksums ?? "none to update"],
    ] as const;
    const shown = pairs.map(([label, value]) => [style.dim(`  ${label}`), printable(value)] as const);
    return `${style.bold(printable(name))}\n${formatPairs(shown)}`;
  },
  end: () => "",
});

/** How many pictures the file lists, of which sets, and what changed of the files. */
export const modelPicturesView: ViewMaker<ResultOf<"models pictures">> = ({ style }) => ({
  item({ name, path, recipe, sets, pictures, listed_before, sha256, checksums }) {
    const before = listed_before === null ? "none before" : `${listed_before} of them before`;
    const pairs = [
      ["lists", `${counted(pictures, "training picture")}, ${before}`],
      ...sets.map(({ name: set, count }) => ["data", `${set}: ${counted(count, "sample")}`] as const),
      ["recipe", recipe],
      ["file", `${path}, now ${sha256.slice(0, 12)}; the graph and the card are as before`],
      ["checksums", checksums ?? "none to update"],
    ] as const;
    const shown = pairs.map(([label, value]) => [style.dim(`  ${label}`), printable(value)] as const);
    return `${style.bold(printable(name))}\n${formatPairs(shown)}`;
  },
  end: () => "",
});
