import type { ValueInfo } from "@foveajs/operations";
import { z } from "zod";
import { errors } from "../errors.ts";
import { datatypeOf } from "../protocol/datatypes.ts";
import {
  HEADER_LENGTH,
  type InferRequest,
  inferRequestSchema,
  inferResponseSchema,
  readInferRequest,
  writeMessage,
} from "../protocol/messages.ts";
import { grantModel } from "./models.ts";
import { json, type Route, type RouteRequest, type Services } from "./route.ts";

// Source: Open Inference Protocol, REST (kserve/open-inference-protocol, specification/protocol/inference_rest.md), and the
// binary tensor data extension (triton-inference-server/server, docs/protocol/extension_binary_data.md).

const shared = { tag: "Open Inference Protocol", errors: "protocol" } as const;
const params = z.object({ name: z.string().min(1).max(200).describe("name of a model") });
const tensor = z.object({
  name: z.string(),
  datatype: z.string(),
  shape: z.array(z.int()).describe("-1 where it may differ"),
});
const answer = (description: string, schema: z.ZodType) => ({
  200: { description, content: { "application/json": schema } },
});

const serverRoute: Route = {
  ...shared,
  method: "get",
  path: "/v2",
  summary: "Tell of the server.",
  scope: null,
  responses: answer(
    "Name, version and extensions.",
    z.object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) }),
  ),
  handle: (_request, { version }) => json({ name: "fovea", version, extensions: ["binary_tensor_data"] }),
};

const liveRoute: Route = {
  ...shared,
  method: "get",
  path: "/v2/health/live",
  summary: "Whether the server answers.",
  scope: null,
  responses: answer("It does.", z.object({ live: z.boolean() })),
  handle: () => json({ live: true }),
};

const readyRoute: Route = {
  ...shared,
  method: "get",
  path: "/v2/health/ready",
  summary: "Whether the server takes requests on.",
  scope: null,
  responses: answer("It does; 503 where not.", z.object({ live: z.boolean(), ready: z.boolean() })),
  handle(_request, { pool, draining }) {
    const ready = pool.isReady() && !draining.aborted;
    return json({ live: true, ready }, { status: ready ? 200 : 503 });
  },
};

const modelRoute: Route = {
  ...shared,
  method: "get",
  path: "/v2/models/{name}",
  summary: "Tell what a model takes and gives.",
  scope: "predict",
  params,
  responses: answer(
    "Inputs and outputs.",
    z.object({
      name: z.string(),
      versions: z.array(z.string()),
      platform: z.string(),
      inputs: z.array(tensor),
      outputs: z.array(tensor),
    }),
  ),
  async handle({ params: { name } }, services) {
    const { inputs, outputs } = await services.describe(name!);
    return json({
      name,
      versions: ["1"],
      platform: "onnx_onnxv1",
      inputs: inputs.map(metadataOf),
      outputs: outputs.map(metadataOf),
    });
  },
};

const modelReadyRoute: Route = {
  ...shared,
  method: "get",
  path: "/v2/models/{name}/ready",
  summary: "Whether a model can be asked.",
  scope: "predict",
  params,
  responses: answer("It can.", z.object({ name: z.string(), ready: z.boolean() })),
  async handle({ params: { name } }, services) {
    await services.describe(name!);
    const ready = services.pool.isReady();
    return json({ name, ready }, { status: ready ? 200 : 503 });
  },
};

const inferRoute: Route = {
  ...shared,
  method: "post",
  path: "/v2/models/{name}/infer",
  summary: "Run a model on tensors.",
  description:
    `JSON, or JSON followed by binary tensors with the header ${HEADER_LENGTH}. Element types FP16 and BF16 and numbers that are ` +
    "not finite go in binary only, since JSON has none of them.",
  scope: "predict",
  params,
  body: { "application/json": inferRequestSchema, "application/octet-stream": "binary" },
  responses: {
    200: {
      description: "The outputs.",
      content: { "application/json": inferResponseSchema, "application/octet-stream": "binary" },
    },
  },
  handle: infer,
};

async function infer(request: RouteRequest, services: Services): Promise<Response> {
  const model = request.params.name!;
  await grantModel(model, request, services);
  const { inputs, outputs } = await services.describe(model);
  const wish = readInferRequest({
    body: await request.body(),
    jsonLength: jsonLengthOf(request.header(HEADER_LENGTH)),
  });
  checkInputs(wish.feeds, inputs);
  const wanted = wish.outputs ?? outputs.map(({ name }) => ({ name, binary: undefined }));
  const unknown = wanted.find(({ name }) => !outputs.some((output) => output.name === name));
  if (unknown) {
    throw errors["bad-tensor"]({
      where: "outputs",
      expected: outputs.map(({ name }) => name).join(", "),
      received: unknown.name.slice(0, 100),
    });
  }
  const [job] = services.pool.submit<"infer">([{ kind: "infer", model, feeds: wish.feeds }], {
    signal: request.signal,
  });
  const answered = (await job!).outputs;
  const tensors = wanted.map(({ name, binary }) => ({ name, tensor: answered[name]!, binary: binary ?? wish.binary }));
  const fields = { model_name: model, model_version: "1", ...(wish.id === undefined ? {} : { id: wish.id }) };
  const { body, jsonLength } = writeMessage(fields, "outputs", tensors);
  return new Response(body as Uint8Array<ArrayBuffer>, {
    headers:
      jsonLength === undefined
        ? { "content-type": "application/json" }
        : { "content-type": "application/octet-stream", [HEADER_LENGTH]: String(jsonLength) },
  });
}

/** Names, element types and shapes before anything is run, so that a slip is told in the words of the model. */
function checkInputs(feeds: InferRequest["feeds"], inputs: readonly ValueInfo[]): void {
  const refuse = (where: string, expected: string, received: string) =>
    errors["bad-tensor"]({ where, expected, received });
  const names = Object.keys(feeds);
  const stranger = names.find((name) => !inputs.some((input) => input.name === name));
  if (stranger !== undefined) throw refuse("inputs", inputs.map(({ name }) => name).join(", "), stranger.slice(0, 100));
  for (const { name, dtype, shape } of inputs) {
    const fed = feeds[name];
    if (!fed) throw refuse("inputs", `"${name}"`, names.join(", "));
    if (fed.dtype !== dtype) throw refuse(`input "${name}"`, datatypeOf(dtype), datatypeOf(fed.dtype));
    const isFit =
      shape === undefined ||
      (shape.length === fed.shape.length &&
        shape.every((extent, axis) => typeof extent === "string" || extent === fed.shape[axis]));
    if (!isFit) throw refuse(`input "${name}"`, `shape [${shapeOf(shape)}]`, `[${fed.shape}]`);
    if (fed.shape.includes(0)) throw refuse(`input "${name}"`, "extents above 0", `[${fed.shape}]`);
  }
}

/** Extents as the protocol writes them, -1 where they may differ. */
const shapeOf = (shape: ValueInfo["shape"]): number[] =>
  (shape ?? [-1]).map((extent) => (typeof extent === "number" ? extent : -1));

const metadataOf = ({ name, dtype, shape }: ValueInfo) => ({
  name,
  datatype: datatypeOf(dtype),
  shape: shapeOf(shape),
});

function jsonLengthOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,12}$/.test(header)) return Number(header);
  throw errors["bad-request"]({ where: HEADER_LENGTH, expected: "a number of bytes", received: header.slice(0, 40) });
}

/** The same routes with a version in the address, of which every model has one. */
const versioned = (route: Route): Route => ({
  ...route,
  path: route.path.replace("{name}", "{name}/versions/{version}"),
  params: params.extend({ version: z.literal("1").describe("models have one version") }),
});

const ofModels = [modelRoute, modelReadyRoute, inferRoute];

/** All routes of the protocol. */
export const protocolRoutes: readonly Route[] = [
  serverRoute,
  liveRoute,
  readyRoute,
  ...ofModels,
  ...ofModels.map(versioned),
];
