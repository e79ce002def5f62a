import { bytes, duration, formatTable, printable } from "../output/table.ts";
import type { ResultOf, ViewMaker } from "./view.ts";

/** All models as one table, at the end, since only then the columns are known. */
export const modelsView: ViewMaker<ResultOf<"models">> = ({ style }) => {
  const rows = [["MODEL", "TASKS", "SIZE", "SHA256", "LICENCE", "RESULTS", "FROM"].map(style.dim)];
  return {
    item(result) {
      const name = style.bold(printable(result.name));
      if ("error" in result) rows.push([name, style.red(printable(result.error.message))]);
      else {
        const { tasks, size_bytes, sha256, licence, results, origin } = result;
        const shown = results.map(({ metric, value, data }) => `${metric} ${value} on ${data}`).join("; ");
        rows.push([name, tasks.join(", "), bytes(size_bytes), sha256.slice(0, 12), licence, shown, origin]);
      }
      return "";
    },
    end: () => formatTable(rows, { right: [2] }),
  };
};

/** One model's card as names and values. */
export const showModelView: ViewMaker<ResultOf<"models show">> = ({ style }) => ({
  item(model) {
    const labels = Object.entries(model.labels).map(([task, names]) => [`labels of ${task}`, names.join(", ")]);
    const results = model.results.map(({ data, metric, value }) => ["result", `${metric} ${value} on ${data}`]);
    const sources = model.sources.map(({ name, licence }) => ["source", `${name}: ${licence}`]);
    const rows = [
      ["summary", model.summary ?? ""],
      ["file", `${model.path}, ${bytes(model.size_bytes)}, ${model.origin}`],
      ["sha256", model.sha256],
      ["tasks", model.tasks.join(", ")],
      ...labels.filter(([, names]) => names !== ""),
      ["licence", model.licence],
      ...sources,
      ...results,
      ["limits", model.limits ?? ""],
    ].filter(([, value]) => value !== "");
    const shown = rows.map(([name = "", value = ""]) => [style.dim(name), printable(value)]);
    return `${style.bold(printable(model.name))}\n${formatTable(shown)}`;
  },
  end: () => "",
});

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
