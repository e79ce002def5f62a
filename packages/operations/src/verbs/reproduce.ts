import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { Context } from "../context.ts";
import { errors } from "../errors.ts";
import { findRecipe, type RecipeFolder, readRecordedSteps } from "../models/recipe-folder.ts";
import { hashFile, type ModelCard } from "../models/store.ts";
import { operation } from "../operation.ts";
import { boundsOf, type Recorded, samplesOf } from "./metric-tolerance.ts";
import { dataFolder, modelsFolder, optionalText, terminal, threads } from "./schemas.ts";

/** Losses of the first steps on another processor or with other threads: rounding, not yet grown by many steps. */
const LOSS_TOLERANCE = 1e-3;

const verdicts = ["same_bytes", "same_graph", "same_losses", "within_tolerance", "different"] as const;

const reproductionSchema = z.object({
  model: z.string(),
  recipe: z.string().describe("the recipe that the card names, its hash compared"),
  verdict: z
    .enum(verdicts)
    .describe(
      "same_bytes: the same file; same_graph: another card only; same_losses: of the first steps, to the last bit; within_tolerance: as compared below",
    ),
  threads: z.int().nullable().describe("of this training; null where all cores computed"),
  steps: z.int().describe("that were trained"),
  compared: z
    .array(
      z.object({
        name: z.string(),
        recorded: z.number(),
        reproduced: z.number(),
        low: z.number(),
        high: z.number(),
        basis: z.string().describe("where the bounds come from"),
        within: z.boolean(),
      }),
    )
    .describe("losses or metrics; metrics are not compared where the file is the same"),
  path: z.string().nullable().describe("the file that was trained; null with --steps"),
  sha256: z.string().nullable(),
  expected_sha256: z.string().describe("of the shipped file"),
});

type Reproduction = z.output<typeof reproductionSchema>;
type Compared = Reproduction["compared"];

const inputSchema = z.object({
  model: z
    .string()
    .min(1)
    .describe("name of the model")
    .meta(terminal({ positional: true, value: "MODEL" })),
  steps: z
    .int()
    .min(1)
    .optional()
    .describe("train only so many steps and compare their losses with the log beside the recipe")
    .meta(terminal({ value: "N" })),
  recipes: optionalText("folder with a folder for each recipe; those of the product when absent", "DIR"),
  run: optionalText("folder of the run; runs/reproduce-MODEL when absent", "DIR"),
  data: dataFolder,
  models: modelsFolder,
  threads,
});

type Input = z.output<typeof inputSchema>;

/** Trains a shipped model again and says whether it comes out the same. */
export const reproduce = operation({
  name: "reproduce",
  summary: "Train a shipped model again from its recipe and compare: the same bytes, or metrics within tolerance.",
  input: inputSchema,
  output: reproductionSchema,
  outcome: ({ verdict }) => (verdict === "different" ? "unmet" : "done"),
  async run(input, context) {
    const { path, name } = await context.models(input.models).find(input.model);
    const card = await context.parts.readCard(path);
    if (!card.recipe) throw errors["no-recipe"]({ model: name });
    const wanted = { model: name, ...card.recipe, beside: dirname(path) };
    const found = await findRecipe(input.recipes ?? context.parts.recipesFolder, wanted);
    const shared = { model: name, recipe: found.recipe, expected_sha256: await hashFile(path) };
    return input.steps === undefined
      ? { ...shared, ...(await wholeTraining(input, { path, card, found }, context)) }
      : { ...shared, ...(await firstSteps(input, input.steps, found, context)) };
  },
});

type Outcome = Omit<Reproduction, "model" | "recipe" | "expected_sha256">;

/** Trains some steps in a folder that is thrown away, and compares every loss that was recorded. */
async function firstSteps(
  input: Input,
  steps: number,
  { recipe, events }: RecipeFolder,
  context: Context,
): Promise<Outcome> {
  if (events === undefined) throw errors["no-recorded-steps"]({ recipe, steps, first: "none" });
  const recorded = await readRecordedSteps(events);
  const wanted = [...recorded.losses].filter(([step]) => step <= steps);
  const last = wanted.at(-1)?.[0];
  if (last === undefined)
    throw errors["no-recorded-steps"]({ recipe, steps, first: String([...recorded.losses.keys()][0] ?? "none") });
  const threads = input.threads ?? recorded.threads;
  const run = await mkdtemp(join(tmpdir(), "fovea-reproduce-"));
  const compared: Compared = [];
  try {
    for await (const event of train({ ...input, run, threads }, recipe, context)) {
      if (event.type !== "step") continue;
      context.progress({ done: event.step, total: last, unit: "steps", note: `loss ${event.loss.toFixed(4)}` });
      const loss = recorded.losses.get(event.step);
      if (loss !== undefined) compared.push(comparedLoss(`loss at step ${event.step}`, loss, event.loss));
      if (event.step >= last) break;
    }
  } finally {
    await rm(run, { recursive: true, force: true });
  }
  const isSame = compared.every(({ recorded: before, reproduced }) => before === reproduced);
  const verdict = isSame ? "same_losses" : compared.every(({ within }) => within) ? "within_tolerance" : "different";
  return { verdict, threads: threads ?? null, steps: last, compared, path: null, sha256: null };
}

/** Trains to the end, or goes on, or takes what is there already, and compares the files, then the metrics. */
async function wholeTraining(
  input: Input,
  { path, card, found }: { path: string; card: ModelCard; found: RecipeFolder },
  context: Context,
): Promise<Outcome> {
  const run = input.run ?? join("runs", `reproduce-${input.model}`);
  const model = join(run, `${card.recipe!.name}.onnx`);
  const recorded = found.events === undefined ? undefined : await readRecordedSteps(found.events);
  const threads = input.threads ?? recorded?.threads;
  let steps = Math.max(0, ...(recorded?.losses.keys() ?? []));
  if (!existsSync(model)) {
    for await (const event of train({ ...input, run, threads }, found.recipe, context)) {
      if (event.type === "step") {
        const { step, loss, seconds_left } = event;
        steps = event.steps;
        context.progress({
          done: step,
          total: steps,
          unit: "steps",
          note: `loss ${loss.toFixed(4)}`,
          secondsLeft: seconds_left,
        });
      }
    }
  }
  const sha256 = await hashFile(model);
  const shared = { threads: threads ?? null, steps, path: model, sha256 };
  if (sha256 === (await hashFile(path))) return { ...shared, verdict: "same_bytes", compared: [] };
  const [ours, theirs] = await Promise.all([model, path].map(context.parts.graphHash));
  if (ours === theirs) return { ...shared, verdict: "same_graph", compared: [] };
  const reproduced = JSON.parse(await readFile(join(run, "metrics.json"), "utf8")) as Record<string, number>;
  const before = await recordedMetrics(card, found);
  const { results } = await context.parts.readCard(model);
  const compared = Object.entries(reproduced).flatMap(([name, value]): Compared => {
    const recorded = before.get(name);
    if (!recorded) return [];
    const data = results.find(({ metric }) => metric === name)?.data ?? "";
    const { low, high, basis } = boundsOf(name, recorded, samplesOf(data));
    return [
      { name, recorded: recorded.value, reproduced: value, low, high, basis, within: value >= low && value <= high },
    ];
  });
  const isWithin = compared.length > 0 && compared.every(({ within }) => within);
  return { ...shared, verdict: isWithin ? "within_tolerance" : "different", compared };
}

const train = (
  { data, threads, run }: Pick<Input, "data" | "threads"> & { run: string },
  recipe: string,
  { parts, signal }: Context,
) =>
  parts.train({
    recipe,
    run,
    start: "auto",
    signal,
    ...(threads === undefined ? {} : { threads }),
    ...(data === undefined ? {} : { dataFolders: [data] }),
  });

/** What was measured after the recorded training, by "TASK/METRIC": its metrics.json, with intervals where the card has some. */
async function recordedMetrics({ results }: ModelCard, { metrics }: RecipeFolder) {
  const kept = metrics === undefined ? {} : (JSON.parse(await readFile(metrics, "utf8")) as Record<string, number>);
  const values = new Map(Object.entries(kept).map(([name, value]) => [name, { value } as Recorded]));
  for (const { metric, value, interval } of results) {
    if (interval || !values.has(metric)) values.set(metric, { value, interval });
  }
  return values;
}

/** The loss of a step, with bounds at a share of the recorded one either way, of at least that share of 1 where losses are small. */
function comparedLoss(name: string, recorded: number, reproduced: number): Compared[number] {
  const reach = LOSS_TOLERANCE * Math.max(1, Math.abs(recorded));
  const [low, high] = [recorded - reach, recorded + reach];
  const within = reproduced >= low && reproduced <= high;
  return { name, recorded, reproduced, low, high, basis: `${LOSS_TOLERANCE} either way`, within };
}
