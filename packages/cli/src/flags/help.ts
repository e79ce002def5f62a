import type { Operation } from "@foveajs/operations";
import { expectation, type Flag, flagsOf } from "./flag.ts";
import { commonFlags } from "./parse.ts";

/** What exit codes mean, for people and for scripts. */
export const exitCodes = {
  0: "all done",
  1: "some inputs failed, the rest is done",
  2: "wrong usage",
  3: "nothing could be done",
  4: "a gate was not met",
  130: "stopped by Ctrl-C",
} as const;

/** Help on the product: its verbs. */
export function productHelp(operations: readonly Operation[], { width = 100 }: { width?: number } = {}): string {
  const verbs = operations.map(({ name, summary }) => [name, summary] as const);
  return [
    "Fovea reads faces in pictures, and trains and measures the models that do it.",
    "",
    "Usage: fovea VERB [OPTIONS] ...",
    "",
    "Verbs:",
    ...rows(verbs, width),
    "",
    "Everywhere:",
    ...rows(commonRows, width),
    "",
    "Exit codes:",
    ...rows(Object.entries(exitCodes), width),
    "",
    "NO_COLOR and FORCE_COLOR are heeded. fovea VERB --help says more of a verb.",
    "",
  ].join("\n");
}

/** Help on one verb: usage, arguments, options. */
export function verbHelp(operation: Operation, { width = 100 }: { width?: number } = {}): string {
  const flags = flagsOf(operation);
  const positionals = flags.filter(({ isPositional }) => isPositional);
  const options = flags.filter(({ isPositional }) => !isPositional);
  const section = (title: string, lines: readonly (readonly [string, string])[]): string[] =>
    lines.length === 0 ? [] : ["", `${title}:`, ...rows(lines, width)];
  return [
    usage(operation),
    "",
    operation.summary,
    ...section(
      "Arguments",
      positionals.map((flag) => [positionalName(flag), describe(flag)]),
    ),
    ...section(
      "Options",
      options.map((flag) => [optionName(flag), describe(flag)]),
    ),
    ...section("Everywhere", commonRows),
    "",
  ].join("\n");
}

/** "Usage: fovea analyze [OPTIONS] FILE..." */
export function usage(operation: Operation): string {
  const flags = flagsOf(operation).filter(({ isPositional }) => isPositional);
  const places = flags.map((flag) => (flag.isRequired ? positionalName(flag) : `[${positionalName(flag)}]`));
  return ["Usage: fovea", operation.name, "[OPTIONS]", ...places].join(" ");
}

export const positionalName = ({ name, isMany }: Flag): string => (isMany ? `${name}...` : name);

export const optionName = ({ name, kind, value, short }: Flag): string => {
  const names = short === undefined ? name : `-${short}, ${name}`;
  return kind === "switch" ? names : `${names} ${value}`;
};

/** The description with what is allowed and what is taken when nothing is given. */
export function describe(flag: Flag): string {
  const isBounded = flag.choices !== undefined || flag.minimum !== undefined || flag.maximum !== undefined;
  const notes = [
    ...(isBounded ? [expectation(flag)] : []),
    ...(flag.default === undefined ? [] : [`default ${flag.default}`]),
  ];
  return notes.length === 0 ? flag.description : `${flag.description} (${notes.join("; ")})`;
}

const commonRows = commonFlags.map(
  ({ name, short, description }) => [short ? `-${short}, --${name}` : `--${name}`, description] as const,
);

/** Two columns; the second is wrapped to the width. */
function rows(lines: readonly (readonly [string, string])[], width: number): string[] {
  const left = Math.max(...lines.map(([name]) => name.length));
  return lines.flatMap(([name, text]) =>
    wrap(text, Math.max(30, width - left - 4)).map(
      (line, index) => `  ${(index === 0 ? name : "").padEnd(left)}  ${line}`,
    ),
  );
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
