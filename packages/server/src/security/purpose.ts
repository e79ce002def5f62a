import type { Config, Ground } from "../config/config.ts";
import { errors } from "../errors.ts";

/** Readings by which emotions are inferred, as tasks and values are named; a smile or a mask is none. */
export const emotionNames: ReadonlySet<string> = new Set([
  "expression",
  "expressions",
  "emotion",
  "emotions",
  "valence",
  "arousal",
  "affect",
]);

/** Purposes for which inferring emotions is prohibited in the EU. Source: Regulation (EU) 2024/1689, Art. 5(1)(f). */
const prohibited: readonly Config["purpose"][] = ["workplace", "education"];

/** What the purpose of a server says of readings. */
export interface PurposeRule {
  readonly purpose: Config["purpose"];
  /** The names among these that may not be told here; empty where a ground is recorded. */
  readonly refused: (names: readonly string[]) => readonly string[];
  /** The names among these that are told here only by a recorded ground, with it; undefined where there are none. */
  readonly granted: (
    names: readonly string[],
  ) => { readonly names: readonly string[]; readonly ground: Ground } | undefined;
  /** Throws `server/purpose-refused` where any of the names may not be told. */
  readonly check: (names: readonly string[]) => void;
}

export function createPurposeRule({ purpose, grounds }: Pick<Config, "purpose" | "grounds">): PurposeRule {
  const isProhibited = prohibited.includes(purpose);
  const [ground] = grounds;
  const emotions = (names: readonly string[]) => names.filter((name) => emotionNames.has(name.toLowerCase()));
  const refused = (names: readonly string[]) => (isProhibited && ground === undefined ? emotions(names) : []);
  return {
    purpose,
    refused,
    granted(names) {
      const told = emotions(names);
      return isProhibited && ground !== undefined && told.length > 0 ? { names: told, ground } : undefined;
    },
    check(names) {
      const refusedNames = refused(names);
      if (refusedNames.length > 0) throw errors["purpose-refused"]({ names: refusedNames, purpose });
    },
  };
}
