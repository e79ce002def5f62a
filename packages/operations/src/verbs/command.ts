import { basename } from "node:path";

/** Inputs that name a file or a folder: their last names are told, not where they lie. */
const paths = ["data", "thresholdData"];
/** The argument by place, and inputs that change no result. */
const untold = ["subject", "outcomes", "report", "models"];

/** What inputs are where nothing is told. */
const usual: Readonly<Record<string, unknown>> = { seed: 0, leaks: "refuse", mismatch: "refuse" };

/** The command line of an evaluation, in the order of its inputs; what is as usual is left out. */
export function commandOf(input: Readonly<Record<string, unknown>> & { readonly subject: string }): string {
  const flags = Object.entries(input).flatMap(([key, value]) => {
    if (value === undefined || untold.includes(key) || value === usual[key]) return [];
    const flag = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return [flag, paths.includes(key) ? basename(String(value)) : String(value)];
  });
  return ["fovea evaluate", basename(input.subject), ...flags].join(" ");
}
