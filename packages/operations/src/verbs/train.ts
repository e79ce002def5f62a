import { type OwnRequest, ownLayouts, readRecipe, type TrainingEvent } from "@foveajs/vision";
import { z } from "zod";
import type { Context } from "../context.ts";
import { errors } from "../errors.ts";
import { modelPath } from "../models/store.ts";
import { streamOperation } from "../operation.ts";
import { parseSeeds } from "../sweep/jobs.ts";
import { ratesResult, ratesSchema } from "./find-rate.ts";
import { dataFolder, device, modelsFolder, optionalText, terminal, threads } from "./schemas.ts";
import { jobSchema, summarySchema, sweepResults } from "./sweep-events.ts";
import { type TrainingReport, withReports } from "./train-report.ts";
import { trainingEventSchema } from "./training-events.ts";

/** Steps of the ramp of --find-rate. */
const RATE_STEPS = 100;

/** What the verb tells: the events of a training; of several seeds jobs and their summary; of --find-rate a curve. */
const trainResultSchema = z.discriminatedUnion("type", [
  ...trainingEventSchema.options,
  jobSchema,
  summarySchema,
  ratesSchema,
]);

/** Inputs that say how a recipe is proposed. */
const onlyOwn = ["task", "groupBy", "groupRun", "flip", "noFlip", "from", "features", "freeze", "name"] as const;

/** Trains what a recipe says, or what one that is proposed for the user's own pictures says; a stop saves the state, and the same command goes on from it. */
export const train = streamOperation({
  name: "train",
  summary: "Train a model from a recipe, or on pictures of your own; a run that was stopped goes on where it was.",
  input: z
    .object({
      recipe: z
        .string()
        .min(1)
        .optional()
        .describe("the recipe, recipes/NAME/recipe.yaml; absent with pictures of your own")
        .meta(terminal({ positional: true, value: "RECIPE" })),
      images: optionalText(
        "your own pictures: a folder for each class, beside each other or inside train, val and test",
        "DIR",
      ),
      coco: optionalText(
        "your own pictures with boxes as COCO has them: a file of instances, or a folder with annotations/",
        "FILE",
      ),
      yolo: optionalText("your own pictures with boxes in YOLO's layout: data.yaml, or the folder with it", "DIR"),
      voc: optionalText("your own pictures with boxes in the layout of PASCAL VOC", "DIR"),
      csv: optionalText(
        "a table with a picture in each row, and columns of labels; an empty cell is a missing label",
        "FILE",
      ),
      task: z
        .array(z.string().min(1))
        .default([])
        .describe(
          "columns of the table that make a task, NAME=COLUMN[,COLUMN...][:KIND], KIND classification, multilabel or regression; when absent every column that looks like a label",
        )
        .meta(terminal({ value: "TASK" })),
      groupBy: optionalText(
        "what belongs together and is never on both sides of the validation: a regular expression over the pictures' names (its captures), or a column of the table",
        "REGEX",
      ),
      groupRun: z
        .int()
        .min(1)
        .optional()
        .describe(
          "groups are runs of so many pictures by the captured (?<number>...); a capture (?<place>...) tells where each starts",
        )
        .meta(terminal({ value: "N" })),
      flip: z.boolean().default(false).describe("also learn from mirror images"),
      noFlip: z.boolean().default(false).describe("never mirror; when neither is given the data decide, and say why"),
      minutes: z
        .number()
        .positive()
        .max(100_000)
        .default(10)
        .describe("time that your own pictures may take, from which their size and the number of epochs follow")
        .meta(terminal({ value: "N" })),
      from: optionalText("go on from a model: a name, or the path of any .onnx with a picture as its input", "MODEL"),
      features: optionalText("value of that graph to learn from; what its last pooling reads when absent", "NAME"),
      freeze: z
        .array(z.string().min(1))
        .default([])
        .describe("weights of that model that stay as they are, a regular expression over their names")
        .meta(terminal({ value: "REGEX" })),
      name: optionalText("name of the model of your own pictures; after their folder when absent", "NAME"),
      run: optionalText("folder of the run: log, checkpoints and result; named after the recipe when absent", "DIR"),
      data: dataFolder,
      resume: z.boolean().default(false).describe("only go on with a run: an error where there is none"),
      fresh: z.boolean().default(false).describe("start over, even where an unfinished run could go on"),
      seeds: optionalText(
        "train the recipe once with each of these seeds, with commas between them, and tell means with intervals",
        "LIST",
      ),
      heads: z
        .boolean()
        .default(false)
        .describe(
          "fit only the heads, on the features of the model that the recipe starts from: minutes, and each task has its own best epoch",
        ),
      findRate: z
        .boolean()
        .default(false)
        .describe("train nothing: raise the learning rate step by step, show how the loss answers, and suggest a rate"),
      models: modelsFolder,
      device,
      threads,
    })
    .superRefine((input, context) => {
      const own = ownLayouts.filter((layout) => input[layout] !== undefined);
      const count = own.length + (input.recipe === undefined ? 0 : 1);
      if (count !== 1) {
        const received = [...(input.recipe === undefined ? [] : ["a recipe"]), ...own.map((layout) => `--${layout}`)];
        const message = `expected a recipe, or one of ${ownLayouts.map((layout) => `--${layout}`).join(", ")}; received ${received.join(" and ") || "none"}`;
        context.addIssue({ code: "custom", path: ["recipe"], message });
      }
      const stray = onlyOwn.find((key) => (Array.isArray(input[key]) ? input[key].length > 0 : Boolean(input[key])));
      if (input.recipe !== undefined && stray !== undefined) {
        const flag = stray.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
        const message = `--${flag} goes with pictures of your own; a recipe says it itself`;
        context.addIssue({ code: "custom", path: [stray], message });
      }
    })
    .refine(({ recipe, seeds, findRate }) => recipe !== undefined || (seeds === undefined && !findRate), {
      message: "--seeds and --find-rate go with a recipe; one that was proposed is in the folder of its run",
      path: ["seeds"],
    })
    .refine(
      ({ seeds, findRate, resume, fresh }) => [seeds !== undefined, findRate, resume, fresh].filter(Boolean).length < 2,
      {
        message: "--seeds, --find-rate, --resume and --fresh exclude each other",
        path: ["seeds"],
      },
    )
    .refine(({ flip, noFlip }) => !(flip && noFlip), {
      message: "--flip and --no-flip exclude each other",
      path: ["noFlip"],
    })
    .refine(({ resume, fresh }) => !(resume && fresh), {
      message: "--resume and --fresh exclude each other",
      path: ["fresh"],
    }),
  output: trainResultSchema,
  async *run(input, context) {
    const { run, data, resume, fresh, threads } = input;
    const onDevice = input.device === undefined ? {} : { device: input.device };
    const { parts, signal, progress } = context;
    if (input.recipe !== undefined && input.findRate) {
      const onStep = ({ step, loss }: { step: number; loss: number }) =>
        progress({ done: step, total: RATE_STEPS, unit: "steps", note: `loss ${loss.toFixed(4)}` });
      const where = data === undefined ? {} : { dataFolders: [data] };
      const options = {
        recipe: input.recipe,
        steps: RATE_STEPS,
        signal,
        onStep,
        ...where,
        ...onDevice,
        ...(threads === undefined ? {} : { threads }),
      };
      yield ratesResult(await parts.findRate(options));
      if (signal.aborted) throw errors.cancelled({ operation: "train --find-rate", done: "the curve ends there" });
      return;
    }
    if (input.recipe !== undefined && input.seeds !== undefined) {
      const grid = { axes: [], seeds: parseSeeds(input.seeds), folder: run };
      const options = {
        shard: { index: 1, count: 1 },
        parallel: 1,
        threads,
        ...onDevice,
        dataFolders: data === undefined ? undefined : [data],
        onlySummary: false,
      };
      yield* sweepResults(await readRecipe(input.recipe), { file: input.recipe, grid, options }, context);
      return;
    }
    const events = parts.train({
      recipe: input.recipe ?? (await requestOf(input, context)),
      ...(run === undefined ? {} : { run }),
      ...(data === undefined ? {} : { dataFolders: [data] }),
      ...(input.heads ? { heads: true } : {}),
      start: fresh ? "fresh" : resume ? "resume" : "auto",
      ...onDevice,
      ...(threads === undefined ? {} : { threads }),
      signal,
    });
    const dataFolders = data === undefined ? undefined : [data];
    for await (const event of withReports(events, { run, dataFolders }, context)) {
      if (event.type === "step") {
        const { step, steps, epoch, epochs, loss, images_per_second, seconds_left } = event;
        const note = `epoch ${epoch}/${epochs}  loss ${loss.toFixed(4)}  ${Math.round(images_per_second)} images/s`;
        progress({ done: step, total: steps, unit: "steps", note, secondsLeft: seconds_left });
      }
      // The trainer's type is read-only where the schema's is not; the values are the same.
      yield event satisfies TrainingEvent | TrainingReport as z.output<typeof trainingEventSchema>;
    }
  },
});

type Input = z.output<typeof train.input>;

/** What is asked of pictures of one's own; a model to start from is found by its name. */
async function requestOf(input: Input, { models }: Context): Promise<OwnRequest> {
  const layout = ownLayouts.find((name) => input[name] !== undefined)!;
  const { task, groupBy, groupRun, flip, noFlip, minutes, from, features, freeze, name } = input;
  if (from === undefined && (features !== undefined || freeze.length > 0))
    throw errors["bad-input"]({ operation: "train", issues: ["--features and --freeze go with --from"] });
  const file = from === undefined ? undefined : await modelPath(models(input.models), from);
  return {
    layout,
    path: input[layout]!,
    minutes,
    ...(task.length > 0 ? { tasks: task } : {}),
    ...(groupBy === undefined ? {} : { groupBy }),
    ...(groupRun === undefined ? {} : { groupRun }),
    ...(flip || noFlip ? { flip } : {}),
    ...(file === undefined ? {} : { from: file }),
    ...(features === undefined ? {} : { features }),
    ...(freeze.length > 0 ? { freeze } : {}),
    ...(name === undefined ? {} : { name }),
  };
}
