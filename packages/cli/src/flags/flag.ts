import type { Operation, TerminalHint } from "@foveajs/operations";
import { z } from "zod";

/** One input of an operation as the terminal knows it. */
export interface Flag {
  /** Key of the input schema. */
  readonly key: string;
  /** "--max-side", or "FILE" of an argument by place. */
  readonly name: string;
  readonly kind: "text" | "number" | "integer" | "switch";
  /** One letter that stands for the name. */
  readonly short?: string;
  readonly isPositional: boolean;
  /** May be given more than once. */
  readonly isMany: boolean;
  readonly isRequired: boolean;
  /** What stands for the value in help. */
  readonly value: string;
  readonly description: string;
  readonly choices?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** As people write it; absent for none, for an empty list and for a switch that is off. */
  readonly default?: string;
}

interface Property {
  readonly type?: string;
  readonly items?: Property;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly "x-cli"?: TerminalHint;
}

/** The flags and arguments of an operation, from the JSON schema of its input, in the schema's order. */
export function flagsOf({ input }: Operation): readonly Flag[] {
  const { properties = {}, required = [] } = z.toJSONSchema(input, { io: "input" }) as {
    properties?: Record<string, Property>;
    required?: string[];
  };
  return Object.entries(properties).map(([key, property]) => flagOf(key, property, required.includes(key)));
}

const kinds: Readonly<Record<string, Flag["kind"]>> = {
  string: "text",
  number: "number",
  integer: "integer",
  boolean: "switch",
};

function flagOf(key: string, property: Property, isRequired: boolean): Flag {
  const { "x-cli": hint = {}, description = "", type, default: preset } = property;
  const single = type === "array" ? (property.items ?? {}) : property;
  const isPositional = hint.positional ?? false;
  const value = hint.value ?? key.toUpperCase();
  const hasDefault = preset !== undefined && preset !== false && !Array.isArray(preset);
  return {
    key,
    name: isPositional ? value : `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    kind: kinds[single.type ?? "string"] ?? "text",
    ...(hint.short === undefined ? {} : { short: hint.short }),
    isPositional,
    isMany: type === "array",
    isRequired,
    value,
    description,
    ...(single.enum ? { choices: single.enum } : {}),
    // zod writes the bounds of safe integers where a schema sets none
    ...(Math.abs(single.minimum ?? Infinity) < Number.MAX_SAFE_INTEGER ? { minimum: single.minimum as number } : {}),
    ...(Math.abs(single.maximum ?? Infinity) < Number.MAX_SAFE_INTEGER ? { maximum: single.maximum as number } : {}),
    ...(hasDefault ? { default: String(preset) } : {}),
  };
}

/** What a flag takes, in words: "a whole number from 1 to 256". */
export function expectation({ kind, choices, minimum, maximum }: Flag): string {
  if (choices) return `one of ${choices.join(", ")}`;
  if (kind === "text") return "a text";
  if (kind === "switch") return "no value";
  const noun = kind === "integer" ? "a whole number" : "a number";
  if (minimum !== undefined && maximum !== undefined) return `${noun} from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${noun} of at least ${minimum}`;
  return maximum === undefined ? noun : `${noun} of at most ${maximum}`;
}
