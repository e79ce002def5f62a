import { asFoveaError, type FoveaError } from "@foveajs/errors";
import { operations } from "@foveajs/operations";
import { z } from "zod";
import { errors } from "../errors.ts";
import type { AnalyzeAnswer, AnalyzeJob } from "../inference/jobs.ts";
import { withoutPlaces } from "../security/without-places.ts";
import { checkTexts } from "./check.ts";
import { grantReadings } from "./grant.ts";
import { json, type Route, type RouteRequest, type Services } from "./route.ts";
import { readUploads } from "./uploads.ts";

const analyze = operations[0];
const { threshold, maxSide, only } = analyze.input.shape;
const [analysisSchema, failureSchema] = analyze.output.options;

const overlay = z.enum(["png", "jpeg"]).optional().describe("also draw each picture with boxes, points and labels");
const detectQuery = z.strictObject({ threshold, max_side: maxSide, overlay });
const analyzeQuery = detectQuery.extend({ only });

const withheldSchema = z
  .object({ names: z.array(z.string()), code: z.string(), help: z.string() })
  .describe("readings that this server does not tell, by its purpose");

const responseSchema = z.object({
  results: z
    .array(
      z.union([
        analysisSchema
          .omit({ overlay: true })
          .extend({ overlay: z.string().optional().describe("data: URL, with `overlay`") }),
        failureSchema,
      ]),
    )
    .describe("one a picture, in their order"),
  withheld: withheldSchema.optional(),
});

const body = {
  "multipart/form-data": z.object({
    files: z
      .array(z.string().meta({ format: "binary" }))
      .min(1)
      .describe("JPEG, PNG, WebP or AVIF"),
  }),
  "image/*": "binary",
  "application/octet-stream": "binary",
} as const;

const responses = {
  200: {
    description: "What was found. With `Accept: image/png` or `image/jpeg` and one picture: the picture, drawn.",
    content: { "application/json": responseSchema, "image/png": "binary", "image/jpeg": "binary" },
  },
} as const;

/** Finds the faces of pictures and reads them. */
export const analyzeRoute: Route = {
  method: "post",
  path: "/v1/analyze",
  tag: "faces",
  summary: analyze.summary,
  description: "Pictures are kept nowhere. Options stand in the address, or in the form beside the files.",
  scope: "analyze",
  query: analyzeQuery,
  body,
  responses,
  handle: (request, services) => answer("analyze", request, services),
};

/** Finds faces and reads nothing: the detector alone. */
export const detectRoute: Route = {
  method: "post",
  path: "/v1/detect",
  tag: "faces",
  summary: "Find the faces of pictures: boxes, scores and five points.",
  scope: "analyze",
  query: detectQuery,
  body,
  responses,
  handle: (request, services) => answer("detect", request, services),
};

async function answer(kind: AnalyzeJob["kind"], request: RouteRequest, services: Services): Promise<Response> {
  const { config, pool, measurements } = services;
  const { files, fields } = await readUploads(request, { limit: config.limits.files });
  const schema = kind === "analyze" ? analyzeQuery : detectQuery;
  const options: z.output<typeof analyzeQuery> = { ...request.query, ...checkTexts(schema, fields, "form") };
  if (files.length === 0) throw errors["no-file"]({ where: "form" });
  const withheld = kind === "detect" ? [] : await grantReadings(namesOf(options.only), request, services);
  const wanted = imageWish(request.header("accept"), files.length);
  const drawn = wanted ?? options.overlay;
  const jobs = files.map(
    ({ name, bytes }): AnalyzeJob => ({
      kind,
      bytes,
      name,
      withheld,
      input: {
        ...(options.threshold === undefined ? {} : { threshold: options.threshold }),
        ...(options.max_side === undefined ? {} : { maxSide: options.max_side }),
        ...(options.only === undefined ? {} : { only: options.only }),
      },
      ...(drawn === undefined ? {} : { overlay: drawn }),
    }),
  );
  const settled = await Promise.allSettled(pool.submit(jobs, { signal: request.signal }) as Promise<AnalyzeAnswer>[]);
  for (const result of settled)
    if (result.status === "fulfilled") measurements.faces(result.value.analysis.faces.length);
  const failed = settled.filter((result) => result.status === "rejected");
  // a request of which nothing succeeded has failed; of others each picture tells its own
  if (failed.length === settled.length) throw failed[0]!.reason;
  for (const { reason } of failed) measurements.error(asFoveaError(reason).code);
  const [first] = settled;
  if (wanted && first?.status === "fulfilled") {
    return new Response(first.value.overlay as Uint8Array<ArrayBuffer>, {
      headers: { "content-type": `image/${wanted}` },
    });
  }
  return json({
    results: settled.map((result, index) => resultOf(result, { file: files[index]!.name, drawn })),
    ...(withheld.length === 0 ? {} : { withheld: refusalOf(withheld, services) }),
  });
}

function resultOf(
  result: PromiseSettledResult<AnalyzeAnswer>,
  { file, drawn }: { file: string; drawn: string | undefined },
) {
  if (result.status === "rejected") {
    const { code, message, help } = asFoveaError(result.reason);
    return { file, error: { code, message: withoutPlaces(message), help } };
  }
  const { analysis, overlay: bytes } = result.value;
  return bytes === undefined
    ? analysis
    : { ...analysis, overlay: `data:image/${drawn};base64,${Buffer.from(bytes).toString("base64")}` };
}

function refusalOf(names: readonly string[], { purpose }: Services): z.output<typeof withheldSchema> {
  const { code, help }: FoveaError = errors["purpose-refused"]({ names, purpose: purpose.purpose });
  return { names: [...names], code, help };
}

const namesOf = (text: string | undefined): readonly string[] | undefined =>
  text?.split(",").map((name) => name.trim());

/** The format in which one picture is wanted back, where a client asks for nothing else. */
function imageWish(accept: string | undefined, pictures: number): "png" | "jpeg" | undefined {
  const [, format] = /^image\/(png|jpeg)\s*(;|,|$)/.exec(accept ?? "") ?? [];
  return pictures === 1 ? (format as "png" | "jpeg" | undefined) : undefined;
}
