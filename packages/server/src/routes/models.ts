import { operations, predictionSchema, runOperation } from "@foveajs/operations";
import { z } from "zod";
import { errors } from "../errors.ts";
import { withoutPlaces } from "../security/without-places.ts";
import { checkTexts } from "./check.ts";
import { grantReadings } from "./grant.ts";
import { json, type Route, type Services } from "./route.ts";
import { readUploads } from "./uploads.ts";

const listing = operations.find((operation) => operation.name === "models")!;
const showing = operations.find((operation) => operation.name === "models show")!;
const predicting = operations.find((operation) => operation.name === "predict")!;
const [modelSchema, failedSchema] = listing.output.options;
const remote = z.string().optional().describe("address of the server that runs it, where that is another");
// paths of the machine are nobody's business on the wire
const listedSchema = modelSchema.omit({ path: true }).extend({ remote });
const detailsSchema = showing.output.omit({ path: true }).extend({ remote });

const name = z.object({ name: z.string().min(1).max(200).describe("name of a model, as GET /v1/models tells it") });

/** Lists the models that can be used here. */
export const modelsRoute: Route = {
  method: "get",
  path: "/v1/models",
  tag: "models",
  summary: listing.summary,
  scope: "models",
  responses: {
    200: {
      description: "All models.",
      content: {
        "application/json": z.object({ models: z.array(z.union([listedSchema, failedSchema.omit({ path: true })])) }),
      },
    },
  },
  async handle(_request, services) {
    const found: unknown[] = [];
    for await (const model of runOperation(listing, folderOf(services), services.context))
      found.push(await told(model, services));
    return json({ models: found });
  },
};

/** All that one model's card says. */
export const modelRoute: Route = {
  method: "get",
  path: "/v1/models/{name}",
  tag: "models",
  summary: showing.summary,
  scope: "models",
  params: name,
  responses: { 200: { description: "The card.", content: { "application/json": detailsSchema } } },
  async handle({ params }, services) {
    for await (const model of runOperation(showing, { name: params.name, ...folderOf(services) }, services.context)) {
      return json(await told(model, services));
    }
    throw errors["unknown-route"]({ method: "GET", path: `/v1/models/${params.name}` });
  },
};

/** Runs one model on pictures, each as a whole. */
export const predictRoute: Route = {
  method: "post",
  path: "/v1/models/{name}/predict",
  tag: "models",
  summary: predicting.summary,
  scope: "predict",
  params: name,
  body: {
    "multipart/form-data": z.object({ files: z.array(z.string().meta({ format: "binary" })).min(1) }),
    "image/*": "binary",
    "application/octet-stream": "binary",
  },
  responses: {
    200: {
      description: "One prediction a picture, in their order.",
      content: {
        "application/json": z.object({
          model: z.string(),
          predictions: z.array(
            z.object({
              file: z.string(),
              width: z.int(),
              height: z.int(),
              tasks: predictionSchema.describe("by name"),
            }),
          ),
        }),
      },
    },
  },
  async handle(request, services) {
    const { config, pool } = services;
    const model = request.params.name!;
    await grantModel(model, request, services);
    const { files, fields } = await readUploads(request, { limit: config.limits.files });
    checkTexts(z.strictObject({}), fields, "form");
    if (files.length === 0) throw errors["no-file"]({ where: "form" });
    const jobs = files.map(({ name: file, bytes }) => ({ kind: "predict" as const, model, name: file, bytes }));
    const answers = await Promise.all(pool.submit<"predict">(jobs, { signal: request.signal }));
    const predictions = answers.map(({ width, height, prediction }, index) => ({
      file: files[index]!.name,
      width,
      height,
      tasks: prediction,
    }));
    return json({ model, predictions });
  },
};

/** Whether a model may tell what it tells, by its tasks. */
export async function grantModel(
  model: string,
  request: Parameters<typeof grantReadings>[1],
  services: Services,
): Promise<void> {
  await grantReadings((await services.describe(model)).tasks, request, services);
}

const folderOf = ({ config: { models } }: Services) => (models === undefined ? {} : { models });

/** A model without its place on this machine, with that of the server that runs it; one that may not is not told. */
async function told(model: unknown, { findRemote }: Services): Promise<object> {
  const { path: _path, error, ...sound } = model as { path: string; name: string; error?: { message: string } };
  const rest = error ? { ...sound, error: { ...error, message: withoutPlaces(error.message) } } : sound;
  const elsewhere = await findRemote(rest.name).catch(() => undefined);
  return elsewhere ? { ...rest, remote: elsewhere.url } : rest;
}
