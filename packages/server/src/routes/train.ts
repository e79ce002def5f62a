import { parse } from "yaml";
import { z } from "zod";
import { errors } from "../errors.ts";
import type { JobWork } from "../jobs/store.ts";
import { checkJson, checkValue } from "./check.ts";
import { shownJob } from "./jobs.ts";
import { json, type Route, type Services } from "./route.ts";

const threads = z.int().min(1).max(256).optional().describe("of computation; the same number gives the same weights");

const recipeSchema = z.strictObject({
  recipe: z
    .string()
    .min(1)
    .max(1_000_000)
    .describe("the text of a recipe (YAML); data sets by the names of their folders"),
  threads,
});

const picturesSchema = z.strictObject({
  pictures: z.string().min(1).max(100).describe("id of a set of uploaded pictures, for which a recipe is proposed"),
  minutes: z
    .number()
    .positive()
    .max(1440)
    .default(3)
    .describe("time that it may take, from which the size and the number of epochs follow"),
  from: z.string().min(1).max(200).optional().describe("name of a model to go on from, as GET /v1/models tells it"),
  flip: z.boolean().optional().describe("whether pictures may be mirrored; when absent the pictures decide"),
  name: z.string().trim().min(1).max(100).optional().describe("of the model; that of the set when absent"),
  threads,
});

/** Starts a training as a job. */
export const trainRoute: Route = {
  method: "post",
  path: "/v1/train",
  tag: "jobs",
  summary: "Train a model from a recipe, or on uploaded pictures, as a job.",
  description: "A job outlives the server: stopped with it, it goes on from its last checkpoint.",
  scope: "train",
  body: { "application/json": z.union([recipeSchema, picturesSchema]) },
  responses: { 202: { ...shownJob, description: "Taken on; the header Location names the job." } },
  async handle(request, services) {
    const { jobs, runner, config, now } = services;
    const body = checkJson(z.looseObject({}), await request.body());
    const {
      name,
      pictures,
      work,
      threads: asked,
    } = "pictures" in body ? await ownWork(body, services) : recipeWork(body, services);
    const open = (await jobs.list()).filter(({ state }) => state === "queued");
    if (open.length >= config.jobs.waiting) throw errors["queue-full"]({ waiting: open.length });
    const job = await jobs.create(
      {
        name,
        pictures,
        key: request.key?.id ?? null,
        threads: asked ?? config.jobs.threads ?? null,
        created: now().toISOString(),
      },
      work,
    );
    runner.wake();
    return json(job, { status: 202, headers: { location: `/v1/jobs/${job.id}` } });
  },
};

interface Wish {
  readonly name: string;
  readonly pictures: string | null;
  readonly work: JobWork;
  readonly threads: number | undefined;
}

function recipeWork(body: object, { config }: Services): Wish {
  if (config.data_folder === undefined) throw errors["no-data-folder"]({});
  const { recipe, threads: asked } = checkValue(recipeSchema, body, "body");
  return { name: checkRecipe(recipe), pictures: null, work: { recipe }, threads: asked };
}

/** As `fovea train --images FOLDER --minutes N`. */
async function ownWork(body: object, { config, pictures, context }: Services): Promise<Wish> {
  const { pictures: id, minutes, from, flip, name, threads: asked } = checkValue(picturesSchema, body, "body");
  const set = await pictures.find(id);
  const filled = set.classes.filter((entry) => entry.pictures > 0);
  if (filled.length < 2) throw errors["few-classes"]({ id: set.id, received: filled.length });
  // by its name only: what is no name of a model here is no path either
  const start = from === undefined ? undefined : await context.models(config.models).find(from);
  const named = name ?? set.name;
  const own = {
    images: pictures.folderOf(set.id),
    minutes,
    name: named,
    ...(start === undefined ? {} : { from: start.path }),
    ...(flip === undefined ? {} : flip ? { flip: true } : { noFlip: true }),
  };
  return { name: named, pictures: set.id, work: { own }, threads: asked };
}

/** The name in a recipe; a recipe that names places outside of the data folder is refused. */
function checkRecipe(text: string): string {
  let recipe: unknown;
  try {
    // without aliases: a few lines of them can stand for gigabytes
    recipe = parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw errors["bad-request"](
      { where: "body.recipe", expected: "YAML", received: (cause as Error).message.slice(0, 300) },
      { cause },
    );
  }
  const outside = stringsOf(recipe).find((value) => /^([/\\~]|[a-z]:)|(^|[/\\])\.\.([/\\]|$)/i.test(value));
  if (outside !== undefined) throw errors["recipe-path"]({ folder: outside.slice(0, 200) });
  const { name } = z
    .object({ name: z.string().min(1).max(200) })
    .catch({ name: "" })
    .parse(recipe);
  if (name === "") throw errors["bad-request"]({ where: "body.recipe.name", expected: "a name", received: "none" });
  return name;
}

/** All texts in a value, however deep. */
function stringsOf(value: unknown): string[] {
  const texts: string[] = [];
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === "string") texts.push(next);
    else if (typeof next === "object" && next !== null) left.push(...Object.values(next));
  }
  return texts;
}
