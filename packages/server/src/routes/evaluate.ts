import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { operations } from "@foveajs/operations";
import { z } from "zod";
import { errors } from "../errors.ts";
import { checkTexts } from "./check.ts";
import { json, type Route } from "./route.ts";
import { readUploads } from "./uploads.ts";

const evaluate = operations.find((operation) => operation.name === "evaluate")!;
const { protocol, split, mode, threshold, iou, seed } = evaluate.input.shape;

const fieldsSchema = z.strictObject({
  protocol,
  data: z.string().min(1).max(200).describe("name of the data set's folder on the server"),
  split,
  mode,
  threshold,
  iou,
  seed,
});

const endings = [".csv", ".json", ".txt"];

/** Scores predictions of any tool by an official protocol, on a data set that the server has. */
export const evaluateRoute: Route = {
  method: "post",
  path: "/v1/evaluate",
  tag: "evaluation",
  summary: "Score a file of predictions by an official protocol.",
  description: "The labels stay on the server: only the scores come back. The file is deleted when it is scored.",
  scope: "evaluate",
  body: {
    "multipart/form-data": fieldsSchema.extend({
      predictions: z.string().meta({ format: "binary" }).describe("a .csv; for some protocols .json or .txt"),
    }),
  },
  responses: {
    200: {
      description: "The scores.",
      content: { "application/json": z.object({ results: z.array(evaluate.output) }) },
    },
  },
  async handle(request, { config, runElsewhere }) {
    const { files, fields } = await readUploads(request, { limit: 1 });
    const file = files.find(({ part }) => part === "predictions");
    if (file === undefined) throw errors["no-file"]({ where: "form.predictions" });
    const ending = extname(file.name).toLowerCase();
    if (!endings.includes(ending)) {
      throw errors["bad-request"]({
        where: "form.predictions",
        expected: `a name that ends in ${endings.join(", ")}`,
        received: file.name,
      });
    }
    const { data, ...options } = checkTexts(fieldsSchema, fields, "form");
    if (config.data_folder === undefined) throw errors["no-data-folder"]({});
    const known = await readdir(config.data_folder);
    if (!known.includes(data)) throw errors["unknown-dataset"]({ name: data, known });
    const folder = await mkdtemp(join(tmpdir(), "fovea-predictions-"));
    try {
      const subject = join(folder, `predictions${ending}`);
      await writeFile(subject, file.bytes, { mode: 0o600 });
      const input = { subject, data: join(config.data_folder, data), ...options };
      const results: unknown[] = [];
      for await (const result of runElsewhere({ operation: "evaluate", input }, { signal: request.signal }))
        results.push(result);
      return json({ results });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
