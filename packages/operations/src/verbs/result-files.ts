import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Outcome } from "@foveajs/evaluation";
import { writeWhole } from "@foveajs/vision";
import { z } from "zod";
import { errors } from "../errors.ts";
import { fileError } from "../inputs/read-file.ts";

const bound = z.number().nullable();

/** What `compare` and `models results` read of a saved line of `evaluate --json`. */
const resultSchema = z.looseObject({
  protocol: z.string(),
  mode: z.string(),
  split: z.object({ name: z.string(), sha256: z.string(), count: z.int() }),
  metrics: z.record(z.string(), z.object({ value: bound, interval: z.tuple([bound, bound]) })),
  model: z.object({ name: z.string(), sha256: z.string(), graph_sha256: z.string().optional() }),
  seed: z.int(),
});

/** JSON has no infinite number: null stands for it in a sum. */
const ratioSchema = z
  .tuple([bound, z.number()])
  .transform(([sum, weight]) => [sum ?? Number.POSITIVE_INFINITY, weight] as const);
const classSchema = z.object({ target: z.int().min(0), answer: z.int().min(0).nullable() });
const confidenceSchema = z.object({ confidence: z.number(), hit: z.number() });
const rankingSchema = z.object({ positives: z.number(), hits: z.array(z.number()), falses: z.array(z.number()) });
const outcomeSchema = z.object({
  id: z.string(),
  unit: z.string(),
  values: z.record(z.string(), z.union([ratioSchema, classSchema, confidenceSchema, rankingSchema])),
  // in a form of the protocol, which checks it
  evidence: z.unknown().optional(),
});

export type SavedResult = z.output<typeof resultSchema> & {
  /** What each sample came to, where the file tells it. */
  readonly outcomes?: readonly Outcome[];
};

/** Reads saved results: lines of `evaluate --json`, each maybe followed by a line for each sample (`evaluate --outcomes`). */
export async function readResults(path: string): Promise<readonly SavedResult[]> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw fileError(path, cause);
  });
  const results: z.output<typeof resultSchema>[] = [];
  // of each result, those that follow it
  const outcomes: Outcome[][] = [];
  const name = basename(path);
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const bad = (detail: string, cause?: unknown) =>
      errors["bad-result-line"]({ file: name, line: i + 1, detail }, { cause });
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw bad("it is not JSON", cause);
    }
    const parse = <Schema extends z.ZodType>(schema: Schema): z.output<Schema> => {
      const parsed = schema.safeParse(value);
      if (!parsed.success) throw bad(z.prettifyError(parsed.error).replaceAll("\n", " "), parsed.error);
      return parsed.data;
    };
    if (typeof value === "object" && value !== null && "id" in value) {
      const own = outcomes.at(-1);
      if (own === undefined) throw bad("it is of a sample, and no result stands before it");
      own.push(parse(outcomeSchema));
    } else {
      results.push(parse(resultSchema));
      outcomes.push([]);
    }
  }
  if (results.length === 0) throw errors["bad-result-line"]({ file: name, line: 1, detail: "there is no result" });
  return results.map((result, i) => ({ ...result, ...(outcomes[i]!.length > 0 ? { outcomes: outcomes[i]! } : {}) }));
}

/** Writes results with what each of their samples came to; the file appears whole or not at all. */
export async function writeOutcomes(
  path: string,
  results: readonly { readonly result: unknown; readonly outcomes: readonly Outcome[] }[],
): Promise<void> {
  const lines = results.flatMap(({ result, outcomes }) =>
    [result, ...outcomes].map((line) => `${JSON.stringify(line)}\n`),
  );
  await writeWhole(path, lines).catch((cause: Error) => {
    throw errors["outcomes-failed"]({ path, reason: cause.message }, { cause });
  });
}
