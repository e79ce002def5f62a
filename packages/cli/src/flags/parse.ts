import { parseArgs } from "node:util";
import type { Operation } from "@foveajs/operations";
import { errors } from "../errors.ts";
import { expectation, type Flag, flagsOf } from "./flag.ts";
import { nearest } from "./nearest.ts";

/** What every verb understands besides its own flags. */
export const commonFlags = [
  { name: "json", short: undefined, description: "one JSON object a line instead of text" },
  { name: "debug", short: undefined, description: "print stack traces with errors" },
  { name: "help", short: "h", description: "print this help" },
  { name: "version", short: "V", description: "print the version" },
] as const;

type CommonName = (typeof commonFlags)[number]["name"];

export interface CommandLine {
  readonly operation: Operation | undefined;
  readonly common: Readonly<Record<CommonName, boolean>>;
  /** Values by key of the input schema, not yet checked; empty without a verb. */
  readonly input: Readonly<Record<string, unknown>>;
}

type Token =
  | { kind: "positional"; value: string }
  | { kind: "option"; name: string; rawName: string; value: string | undefined; inlineValue: boolean | undefined }
  | { kind: "option-terminator" };

/** Finds the verb (its longest name) and reads its flags and arguments; throws `cli/...` for wrong usage. */
export function parseCommandLine(args: readonly string[], operations: readonly Operation[]): CommandLine {
  const operation = findOperation(args, operations);
  const words = operation?.name.split(" ").length ?? 0;
  const flags = operation ? flagsOf(operation) : [];
  const tokens = tokenize(args.slice(words), flags);
  const verb = operation?.name ?? "";
  const common = { json: false, debug: false, help: false, version: false };
  const input: Record<string, unknown> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    if (token.name in common) {
      if (token.value !== undefined) throw errors["unexpected-value"]({ flag: token.rawName, received: token.value });
      common[token.name as CommonName] = true;
      continue;
    }
    const flag = flags.find((candidate) => candidate.name === `--${token.name}` && !candidate.isPositional);
    if (!flag) throw unknownFlag(verb, token.rawName, flags);
    set(input, flag, optionValue(flag, token));
  }
  if (!operation && positionals[0] !== undefined && !common.version) {
    const names = operations.map(({ name }) => name);
    throw errors["unknown-verb"]({ received: positionals[0], nearest: nearest(positionals[0], names) });
  }
  if (!common.help && !common.version) placePositionals(input, { positionals, flags, verb });
  return { operation, common, input };
}

function findOperation(args: readonly string[], operations: readonly Operation[]): Operation | undefined {
  const matches = operations.filter(({ name }) => name.split(" ").every((word, index) => args[index] === word));
  return matches.sort((a, b) => b.name.length - a.name.length)[0];
}

function tokenize(args: readonly string[], flags: readonly Flag[]): readonly Token[] {
  const own = flags
    .filter(({ isPositional }) => !isPositional)
    .map(
      ({ name, kind, short }) =>
        [name.slice(2), { type: kind === "switch" ? "boolean" : "string", ...(short ? { short } : {}) }] as const,
    );
  const common = commonFlags.map(
    ({ name, short }) => [name, { type: "boolean", ...(short ? { short } : {}) }] as const,
  );
  const options = Object.fromEntries([...own, ...common]);
  // Not strict, so that what is wrong is reported in our words.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  return tokens as readonly Token[];
}

function unknownFlag(verb: string, received: string, flags: readonly Flag[]): Error {
  const names = [
    ...flags.filter(({ isPositional }) => !isPositional).map(({ name }) => name),
    ...commonFlags.map(({ name }) => `--${name}`),
  ];
  if (verb === "") return errors["unknown-verb"]({ received, nearest: undefined });
  return errors["unknown-flag"]({ verb, received, nearest: nearest(received, names) });
}

function optionValue(flag: Flag, token: Extract<Token, { kind: "option" }>): string | true {
  if (flag.kind === "switch") {
    if (token.value !== undefined) throw errors["unexpected-value"]({ flag: flag.name, received: token.value });
    return true;
  }
  // "--overlay --json" has forgotten a folder; "--overlay=--json" has not.
  if (token.value === undefined || (!token.inlineValue && token.value.startsWith("--"))) {
    throw errors["missing-value"]({ flag: flag.name, expected: expectation(flag) });
  }
  return token.value;
}

function placePositionals(
  input: Record<string, unknown>,
  { positionals, flags, verb }: { positionals: readonly string[]; flags: readonly Flag[]; verb: string },
): void {
  let left = [...positionals];
  for (const flag of flags.filter(({ isPositional }) => isPositional)) {
    const taken = left.slice(0, flag.isMany ? left.length : 1);
    if (taken.length === 0 && flag.isRequired) {
      const expected = flag.isMany ? `at least one ${flag.name}` : `a ${flag.name}`;
      throw errors["missing-argument"]({ verb, expected: `${expected} (${flag.description})` });
    }
    for (const value of taken) set(input, flag, value);
    left = left.slice(taken.length);
  }
  if (left[0] !== undefined) throw errors["extra-argument"]({ verb, received: left[0] });
}

function set(input: Record<string, unknown>, flag: Flag, raw: string | true): void {
  // Text that is no number goes on as text, for the schema to refuse.
  const isNumber = flag.kind === "number" || flag.kind === "integer";
  const value = isNumber && raw !== true && raw.trim() !== "" && !Number.isNaN(Number(raw)) ? Number(raw) : raw;
  input[flag.key] = flag.isMany ? [...((input[flag.key] as unknown[] | undefined) ?? []), value] : value;
}
