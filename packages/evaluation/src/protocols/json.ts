import { errors } from "../errors.ts";

/** A JSON object whose fields are not yet checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Parses JSON text; `where` names the file. */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw errors["json-format"]({ where, expected: "JSON", received: cause instanceof Error ? cause.message : "none" });
  }
}

export function objectOf(value: unknown, where: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw unexpected(value, where, "an object");
}

export function listOf(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw unexpected(value, where, "a list");
}

/** A finite number of at least `minimum`. */
export function numberOf(
  value: unknown,
  where: string,
  { minimum = Number.NEGATIVE_INFINITY, whole = false }: { minimum?: number; whole?: boolean } = {},
): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= minimum && !(whole && !Number.isInteger(value))) {
    return value;
  }
  const bound = minimum === Number.NEGATIVE_INFINITY ? "" : ` of at least ${minimum}`;
  throw unexpected(value, where, `a ${whole ? "whole" : "finite"} number${bound}`);
}

export function textOf(value: unknown, where: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw unexpected(value, where, "a text");
}

/** The error for a value that is of another type. */
export const unexpected = (value: unknown, where: string, expected: string) =>
  errors["json-format"]({ where, expected, received: excerptOf(value) });

function excerptOf(value: unknown): string {
  // JSON.parse turns 1e999 into Infinity, which JSON.stringify would call null
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "nothing");
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
