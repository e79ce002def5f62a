import { z } from "zod";
import { configSchema } from "./config.ts";

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
}

const START = "<!-- settings: written by packages/server/dist/write-docs.js -->";
const END = "<!-- end of settings -->";

/** docs/server.md with the table of settings as the schema has them. */
export function withSettings(document: string): string {
  const [before, rest] = document.split(START) as [string, string];
  const after = rest.slice(rest.indexOf(END) + END.length);
  const schema = z.toJSONSchema(configSchema, { io: "input" }) as Schema;
  const lines = [
    "| setting | type | when absent | |",
    "| --- | --- | --- | --- |",
    ...rows(schema, "").map((row) => `| ${row.join(" | ")} |`),
  ];
  return [`${before}${START}`, "", ...lines, "", `${END}${after}`].join("\n");
}

function rows(schema: Schema, place: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const path = place === "" ? name : `${place}.${name}`;
    if (inner.properties) return rows(inner, path);
    const nested = typeof inner.additionalProperties === "object" ? inner.additionalProperties : inner.items;
    const own = [`\`${path}\``, typeText(inner), defaultText(inner), (inner.description ?? "").replaceAll("|", "\\|")];
    const deeper = inner.items ? `${path}[]` : `${path}.NAME`;
    return nested?.properties ? [own, ...rows(nested, deeper)] : [own];
  });
}

function typeText({ type, enum: choices, items, additionalProperties }: Schema): string {
  if (choices) return choices.map((choice) => `\`${choice}\``).join(", ");
  if (items) return `list of ${items.properties ? "the following" : typeText(items)}`;
  if (typeof additionalProperties === "object")
    return `by name, ${additionalProperties.properties ? "the following" : typeText(additionalProperties)}`;
  return type === "string" ? "text" : type === "integer" ? "whole number" : (type ?? "anything");
}

const defaultText = ({ default: preset }: Schema): string => {
  const isEmpty = preset === undefined || (typeof preset === "object" && Object.keys(preset as object).length === 0);
  return isEmpty ? "" : `\`${typeof preset === "string" ? preset : JSON.stringify(preset)}\``;
};
