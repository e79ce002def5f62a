import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { errors } from "../errors.ts";
import { hashFile } from "./store.ts";

/** A recipe with what was recorded when its model was trained. */
export interface RecipeFolder {
  readonly recipe: string;
  /** Log of that training; absent where none was kept. */
  readonly events?: string;
  /** What was measured on its model; absent where none was kept. */
  readonly metrics?: string;
}

/**
 * The folder of the very recipe that a card names: by its name, or by its hash where it was renamed; else the folder of the model itself
 * (`beside`), which holds the recipe where it is that of a run.
 */
export async function findRecipe(
  folder: string,
  { model, name, sha256, beside }: { model: string; name: string; sha256: string; beside?: string },
): Promise<RecipeFolder> {
  const names = await readdir(folder).catch(() => []);
  const candidates = [name, ...names.filter((other) => other !== name).sort()].map((known) => join(folder, known));
  for (const candidate of beside === undefined ? candidates : [...candidates, beside]) {
    const [recipe, events, metrics] = ["recipe.yaml", "events.jsonl", "metrics.json"].map((file) =>
      join(candidate, file),
    );
    if (!existsSync(recipe!) || (await hashFile(recipe!)) !== sha256) continue;
    return {
      recipe: recipe!,
      ...(existsSync(events!) ? { events: events! } : {}),
      ...(existsSync(metrics!) ? { metrics: metrics! } : {}),
    };
  }
  throw errors["recipe-not-found"]({ model, name, sha256, folder });
}

/** What a log tells of its first steps. */
export interface RecordedSteps {
  /** Threads of the training, undefined where the log does not say. */
  readonly threads: number | undefined;
  /** Loss by number of the step, in order. */
  readonly losses: ReadonlyMap<number, number>;
}

/** Reads the losses of a log (events.jsonl); a step that was done again after a stop counts as it was done last. */
export async function readRecordedSteps(path: string): Promise<RecordedSteps> {
  const events = (await readFile(path, "utf8")).split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as { type?: string; step?: number; loss?: number; device?: string }];
    } catch {
      return []; // the last line of a training that was cut off
    }
  });
  const device = events.find(({ type }) => type === "start")?.device ?? "";
  const [, threads] = /(\d+) thread/.exec(device) ?? [];
  const losses = new Map(
    events.flatMap(({ type, step, loss }) =>
      type === "step" && step !== undefined && loss !== undefined ? [[step, loss] as const] : [],
    ),
  );
  return { threads: threads === undefined ? undefined : Number(threads), losses };
}
