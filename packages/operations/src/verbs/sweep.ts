import { parseAxis, readGrid, readRecipe } from "@foveajs/vision";
import { z } from "zod";
import { streamOperation } from "../operation.ts";
import { parseSeeds, parseShard } from "../sweep/jobs.ts";
import { dataFolder, device, optionalText, terminal, threads } from "./schemas.ts";
import { jobSchema, summarySchema, sweepResults } from "./sweep-events.ts";

/** Trains a recipe at every point of a grid, as jobs that any scheduler can share out. */
export const sweep = streamOperation({
  name: "sweep",
  summary:
    "Train a recipe with other values at every point of a grid, several seeds each; resumes, and splits into shards.",
  input: z.object({
    recipe: z
      .string()
      .min(1)
      .describe("the recipe, recipes/NAME/recipe.yaml")
      .meta(terminal({ positional: true, value: "RECIPE" })),
    grid: optionalText("YAML file with a list of values under each path: training.batch: [64, 128]", "FILE"),
    set: z
      .array(z.string().min(1))
      .default([])
      .describe(
        "values of a field of the recipe, training.groups.0.rate=0.01,0.02; may be given again for another field",
      )
      .meta(terminal({ value: "PATH=A,B" })),
    seeds: optionalText("seeds of each point, with commas between them; that of the recipe when absent", "LIST"),
    shard: z
      .string()
      .min(1)
      .default("1/1")
      .describe("which part of the jobs is done here, 3/64 is the third of 64")
      .meta(terminal({ value: "I/N" })),
    jobs: z
      .int()
      .min(1)
      .max(64)
      .default(1)
      .describe("trainings at a time")
      .meta(terminal({ value: "N" })),
    run: optionalText("folder in which every job has a folder of its own; runs/NAME when absent", "DIR"),
    data: dataFolder,
    summary: z.boolean().default(false).describe("train nothing, only sum up what all shards have done"),
    device,
    threads,
  }),
  output: z.discriminatedUnion("type", [jobSchema, summarySchema]),
  async *run({ recipe, grid, set, seeds, shard, jobs, run, data, summary, device: on, threads }, context) {
    const axes = [...(grid === undefined ? [] : await readGrid(grid)), ...set.map(parseAxis)];
    yield* sweepResults(
      await readRecipe(recipe),
      {
        file: recipe,
        grid: { axes, seeds: seeds === undefined ? undefined : parseSeeds(seeds), folder: run },
        options: {
          shard: parseShard(shard),
          parallel: jobs,
          threads,
          device: on,
          dataFolders: data === undefined ? undefined : [data],
          onlySummary: summary,
        },
      },
      context,
    );
  },
});
