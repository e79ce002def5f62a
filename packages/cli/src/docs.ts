import type { Operation } from "@foveajs/operations";
import { z } from "zod";
import { flagsOf } from "./flags/flag.ts";
import { describe, exitCodes, optionName, positionalName, usage } from "./flags/help.ts";
import { commonFlags } from "./flags/parse.ts";

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly propertyNames?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** docs/cli.md: every verb with its arguments, options and results, from the schemas of the operations. */
export function cliDocument(operations: readonly Operation[]): string {
  return [
    "# Command line",
    "",
    "Generated from the operations: `node packages/cli/dist/write-docs.js`. Do not edit.",
    "",
    "Every verb prints text for people; with `--json`, one JSON object a line. Progress goes to standard error when that is a",
    "terminal. `NO_COLOR` and `FORCE_COLOR` are heeded. Errors have a code, a message and help.",
    "",
    ...table(
      ["Everywhere", ""],
      commonFlags.map(({ name, short, description }) => [
        code(short ? `-${short}, --${name}` : `--${name}`),
        description,
      ]),
    ),
    "",
    ...table(["Exit code", ""], Object.entries(exitCodes)),
    ...operations.flatMap(verbSection),
    "",
  ].join("\n");
}

function verbSection(operation: Operation): string[] {
  const flags = flagsOf(operation);
  const rows = flags.map((flag) => [code(flag.isPositional ? positionalName(flag) : optionName(flag)), describe(flag)]);
  const output = z.toJSONSchema(operation.output, { io: "output" }) as JsonSchema;
  const variants = output.anyOf ?? output.oneOf ?? [output];
  const results = variants.flatMap((variant) => ["```", ...shape(variant, ""), "```", ""]);
  return [
    "",
    `## ${operation.name}`,
    "",
    operation.summary,
    "",
    code(usage(operation).replace("Usage: ", "")),
    "",
    ...table(["Argument or option", ""], rows),
    "",
    operation.yields === "many" ? "Results, one a line:" : "Result:",
    "",
    ...results,
  ].slice(0, -1);
}

/** A JSON schema as the lines of an example, types in place of values. */
function shape(schema: JsonSchema, indent: string): string[] {
  if (schema.properties === undefined) return [`${indent}${typeName(schema)}`];
  const inner = `${indent}  `;
  const lines = Object.entries(schema.properties).flatMap(([key, value]) => {
    const optional = schema.required?.includes(key) ? "" : "?";
    const note = value.description === undefined ? "" : `  // ${value.description}`;
    const nested = value.properties ? value : value.items?.properties ? value.items : undefined;
    if (!nested) return [`${inner}${key}${optional}: ${typeName(value)}${note}`];
    const body = shape(nested, inner);
    const open = value.items ? "[{" : "{";
    const close = value.items ? "}]" : "}";
    return [`${inner}${key}${optional}: ${open}${note}`, ...body.slice(1, -1), `${inner}${close}`];
  });
  return [`${indent}{`, ...lines, `${indent}}`];
}

function typeName(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return variants.map(typeName).join(" | ");
  if (schema.prefixItems) return `[${schema.prefixItems.map(typeName).join(", ")}]`;
  if (schema.type === "array") return `${typeName(schema.items ?? {})}[]`;
  if (typeof schema.additionalProperties === "object") {
    const keys = schema.propertyNames?.enum ? typeName(schema.propertyNames) : "name";
    return `{ [${keys}]: ${typeName(schema.additionalProperties)} }`;
  }
  // a nullable type is written as a list
  return [schema.type ?? "any"].flat().join(" or ");
}

const code = (text: string): string => `\`${text}\``;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  `| ${head.join(" | ")} |`,
  `|${head.map(() => " --- |").join("")}`,
  ...rows.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`),
];
