// Writes the tables of fields in docs/training.md and docs/models.md from the schemas: node scripts/generate-schemas.js
import { fileURLToPath } from "node:url";
import { cardSchema, readers, recipeSchema } from "@foveajs/vision";
import { z } from "zod";
import { markdownTable, withSection, writeDocuments } from "./generated-section.js";

const textOf = (value) => `\`${JSON.stringify(value)}\``;

/** A type for people: "number, 0 to 1", "list of text", `"a"` or `"b"`. */
export function typeText(schema) {
  if (schema.const !== undefined) return textOf(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(textOf).join(" or ");
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeText).join(" or ");
  if (schema.prefixItems !== undefined)
    return `list of ${schema.prefixItems.length}: ${schema.prefixItems.map(typeText).join(", ")}`;
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeText({ type })).join(" or ");
  switch (schema.type) {
    case "array": {
      const { minItems, maxItems } = schema;
      const count = minItems !== undefined && minItems === maxItems ? ` of ${minItems}` : "";
      return `list${count}: ${typeText(schema.items)}`;
    }
    case "object":
      return schema.additionalProperties ? `${typeText(schema.additionalProperties)}, by name` : "fields below";
    case "string":
      return "text";
    case "integer":
    case "number":
      return `${schema.type === "integer" ? "whole number" : "number"}${rangeText(schema)}`;
    default:
      return schema.type ?? "anything";
  }
}

/** Zod writes the limits of safe whole numbers into every `int()`; they say nothing. */
const isTold = (limit) => limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;

function rangeText({ minimum, maximum, exclusiveMinimum }) {
  if (isTold(exclusiveMinimum)) return `, above ${exclusiveMinimum}`;
  if (isTold(minimum) && isTold(maximum)) return `, ${minimum} to ${maximum}`;
  if (isTold(minimum)) return `, at least ${minimum}`;
  return isTold(maximum) ? `, at most ${maximum}` : "";
}

/** Rows `[field, type, default, meaning]` of every field of a JSON schema; variants are told by what sets them apart. */
export function fieldRows(schema, place = "", required = true) {
  const rows =
    place === "" ? [] : [[`\`${place}\``, typeText(schema), defaultText(schema, required), schema.description ?? ""]];
  const variants = schema.oneOf ?? schema.anyOf?.filter(({ properties }) => properties !== undefined);
  if (variants?.length > 0) {
    rows.at(-1)[1] = "one of the kinds below";
    return [...rows, ...variants.flatMap((variant) => propertyRows(variant, `${place}(${tagOf(variant)})`))];
  }
  const isList = schema.type === "array" && !schema.prefixItems;
  if (isList) {
    if (schema.items.oneOf) rows.at(-1)[1] = "list: one of the kinds below";
    return [...rows, ...fieldRows(schema.items, `${place}[]`).slice(1)];
  }
  if (schema.additionalProperties?.properties)
    return [...rows, ...propertyRows(schema.additionalProperties, `${place}.NAME`)];
  return [...rows, ...propertyRows(schema, place)];
}

const propertyRows = ({ properties = {}, required = [] }, place) =>
  Object.entries(properties).flatMap(([name, inner]) =>
    fieldRows(inner, place === "" ? name : `${place}.${name}`, required.includes(name)),
  );

const tagOf = ({ properties }) =>
  Object.values(properties).find((inner) => inner.const !== undefined)?.const ?? "object";

function defaultText(schema, required) {
  if (schema.default !== undefined) return textOf(schema.default);
  return required ? "must be given" : "none";
}

const rowsOf = (schema) => fieldRows(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));

/** Fields of a recipe. */
export const recipeText = () => markdownTable(["field", "type", "default", "meaning"], rowsOf(recipeSchema));

/** Options of every reader of data sets. */
export function readersText() {
  const rows = Object.entries(readers).flatMap(([name, { options }]) => {
    const fields = rowsOf(options);
    if (fields.length === 0) return [[`\`${name}\``, "none", "", "", ""]];
    return fields.map((row) => [`\`${name}\``, ...row]);
  });
  return markdownTable(["reader", "option", "type", "default", "meaning"], rows);
}

/** Fields of a model's card. */
export const cardText = () =>
  markdownTable(
    ["field", "type", "meaning"],
    rowsOf(cardSchema).map(([field, type, , meaning]) => [field, type, meaning]),
  );

export const documents = [
  {
    file: "docs/training.md",
    make: (text) => withSection(withSection(text, "recipe", recipeText()), "readers", readersText()),
  },
  { file: "docs/models.md", make: (text) => withSection(text, "card", cardText()) },
];

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeDocuments(documents);
