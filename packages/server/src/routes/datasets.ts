import { z } from "zod";
import { className, pictureName } from "../datasets/names.ts";
import { pictureSetSchema } from "../datasets/picture-sets.ts";
import { errors } from "../errors.ts";
import { checkJson } from "./check.ts";
import { json, type Route } from "./route.ts";
import { readPicture } from "./uploads.ts";

const shared = { tag: "data sets", scope: "train" } as const;
const id = z.string().max(100).describe("id of a set of pictures");
const shownSet = { description: "The set.", content: { "application/json": pictureSetSchema } };
const wishSchema = z.strictObject({
  name: z.string().trim().min(1).max(100).describe("for people; the model is named after it"),
});

/** Makes an empty set of pictures. */
export const createDatasetRoute: Route = {
  ...shared,
  method: "post",
  path: "/v1/datasets",
  summary: "Make a set of pictures to train on, still empty.",
  description:
    "Pictures of a set are kept on the server until it is deleted, or for as many days as `datasets.keep_days` of the configuration says.",
  body: { "application/json": wishSchema },
  responses: { 201: { ...shownSet, description: "The set; the header Location names it." } },
  async handle(request, { pictures, now }) {
    const { name } = checkJson(wishSchema, await request.body());
    const set = await pictures.create({ name, key: request.key?.id ?? null, created: now().toISOString() });
    return json(set, { status: 201, headers: { location: `/v1/datasets/${set.id}` } });
  },
};

/** Lists sets of uploaded pictures. */
export const datasetsRoute: Route = {
  ...shared,
  method: "get",
  path: "/v1/datasets",
  summary: "List the sets of uploaded pictures, the oldest first.",
  responses: {
    200: {
      description: "The sets.",
      content: { "application/json": z.object({ datasets: z.array(pictureSetSchema) }) },
    },
  },
  handle: async (_request, { pictures }) => json({ datasets: await pictures.list() }),
};

/** Tells of one set. */
export const datasetRoute: Route = {
  ...shared,
  method: "get",
  path: "/v1/datasets/{id}",
  summary: "Show how many pictures a set has of each class.",
  params: z.object({ id }),
  responses: { 200: shownSet },
  handle: async ({ params }, { pictures }) => json(await pictures.find(params.id!)),
};

/** Keeps a picture in a set. */
export const putPictureRoute: Route = {
  ...shared,
  method: "put",
  path: "/v1/datasets/{id}/pictures/{class}/{file}",
  summary: "Put a picture into a class of a set, in place of one of the same name.",
  description:
    "The picture is decoded to see that it is one, and kept byte for byte. Classes come about by their pictures.",
  params: z.object({
    id,
    class: z.string().max(400).describe("name of the class"),
    file: z.string().max(400).describe("name of the picture, with .jpg, .png, .webp or .avif"),
  }),
  body: { "image/*": "binary", "application/octet-stream": "binary" },
  responses: {
    201: {
      description: "It is kept.",
      content: {
        "application/json": z.object({
          class: z.string(),
          file: z.string(),
          width: z.int(),
          height: z.int(),
          size_bytes: z.int(),
        }),
      },
    },
  },
  async handle(request, { pictures, pool }) {
    const { id: set, class: label, file } = request.params as { id: string; class: string; file: string };
    const place = { className: className(label), file: pictureName(file) };
    await pictures.find(set);
    const { bytes } = await readPicture(request);
    const [checking] = pool.submit<"check">([{ kind: "check", name: place.file, bytes }], { signal: request.signal });
    const { width, height } = await checking!;
    await pictures.put(set, { ...place, bytes });
    return json({ class: place.className, file: place.file, width, height, size_bytes: bytes.length }, { status: 201 });
  },
};

/** Deletes a set with all its pictures. */
export const deleteDatasetRoute: Route = {
  ...shared,
  method: "delete",
  path: "/v1/datasets/{id}",
  summary: "Delete a set with all its pictures.",
  description: "Refused while a training that has not ended uses it. Models that were trained on it stay.",
  params: z.object({ id }),
  responses: { 204: { description: "It is gone." } },
  async handle({ params }, { pictures, jobs }) {
    const set = await pictures.find(params.id!);
    const user = (await jobs.list()).find(
      (job) => job.pictures === set.id && (job.state === "queued" || job.state === "running"),
    );
    if (user) throw errors["pictures-in-use"]({ id: set.id, job: user.id });
    await pictures.remove(set.id);
    return new Response(null, { status: 204 });
  },
};
