import { bytes, counted, formatTable, printable } from "../output/table.ts";
import type { ResultOf, ViewMaker } from "./view.ts";

/** The machine, the models, then each check with the command that mends it. */
export const doctorView: ViewMaker<ResultOf<"doctor">> = ({ style }) => ({
  item(report) {
    const machine = [
      ["device", report.device ?? "none"],
      ["processor", `${report.cpu}, ${counted(report.cores, "core")}`],
      ["platform", `${report.platform}, Node ${report.node}`],
    ].map(([name = "", value = ""]) => [style.dim(name), printable(value)]);
    const models = report.models.map(({ name, path, size_bytes, sha256 }) => [
      style.dim("model"),
      `${style.bold(printable(name))} ${bytes(size_bytes)} sha256 ${sha256} ${style.dim(printable(path))}`,
    ]);
    const marks = { ok: style.green("ok"), optional: style.yellow("optional"), broken: style.red("broken") };
    const checks = report.checks.map(({ name, status, found, help }) => [
      marks[status],
      printable(name),
      `${printable(found)}${help === undefined ? "" : `\n${" ".repeat(10)}${style.cyan("mend:")} ${printable(help)}`}`,
    ]);
    const broken = report.checks.filter(({ status }) => status === "broken").length;
    const verdict = broken === 0 ? style.green("all is well") : style.red(`${counted(broken, "thing")} to mend`);
    return `${formatTable([...machine, ...models])}\n${formatTable(checks)}\n${verdict}\n`;
  },
  end: () => "",
});
