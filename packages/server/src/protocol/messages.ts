import type { Tensor } from "@foveajs/operations";
import { z } from "zod";
import { errors } from "../errors.ts";
import { datatypeOf } from "./datatypes.ts";
import { bytesOfTensor, tensorOfBytes } from "./tensor-binary.ts";
import { jsonOfTensor, tensorOfJson } from "./tensor-json.ts";

/** Header that tells where the JSON of a body ends and its binary data begins. */
export const HEADER_LENGTH = "inference-header-content-length";

const parameters = z.record(z.string(), z.unknown()).optional();
const name = z.string().min(1).max(1000);
const extents = z
  .array(
    z
      .int()
      .min(0)
      .max(2 ** 31 - 1),
  )
  .max(32);

const tensorSchema = z.object({
  name,
  shape: extents.describe("of the whole batch"),
  datatype: z.string().describe("BOOL, UINT8 to UINT64, INT8 to INT64, FP16, BF16, FP32, FP64 or BYTES"),
  parameters: parameters.describe("binary_data_size: bytes of this tensor after the JSON"),
  data: z.array(z.unknown()).optional().describe("row-major, nested or not; absent where it is binary"),
});

/** The JSON of an inference request. Source: Open Inference Protocol, REST, "Inference Request JSON Object". */
export const inferRequestSchema = z.object({
  id: z.string().max(1000).optional(),
  parameters: parameters.describe("binary_data_output: true asks for all outputs in binary"),
  inputs: z.array(tensorSchema).min(1).max(1000),
  outputs: z
    .array(z.object({ name, parameters: parameters.describe("binary_data: whether this output comes in binary") }))
    .max(1000)
    .optional()
    .describe("all when absent"),
});

/** The JSON of an inference response. */
export const inferResponseSchema = z.object({
  model_name: z.string().optional(),
  model_version: z.string().optional(),
  id: z.string().optional(),
  parameters,
  outputs: z.array(tensorSchema),
});

export interface InferRequest {
  readonly id: string | undefined;
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** Outputs that are wanted; undefined for all. */
  readonly outputs: readonly { readonly name: string; readonly binary: boolean | undefined }[] | undefined;
  /** Where an output does not say. */
  readonly binary: boolean;
}

/** A body, and the length of its JSON where binary data follows. */
export interface Message {
  readonly body: Uint8Array;
  readonly jsonLength: number | undefined;
}

export function readInferRequest({ body, jsonLength }: Message): InferRequest {
  const { id, inputs, outputs, parameters: wishes } = readMessage({ body, jsonLength }, inferRequestSchema);
  const rest = jsonLength === undefined ? new Uint8Array(0) : body.subarray(jsonLength);
  const isBinary = (wish: Record<string, unknown> | undefined, key: string) =>
    typeof wish?.[key] === "boolean" ? (wish[key] as boolean) : undefined;
  return {
    id,
    feeds: readTensors(inputs, rest),
    outputs: outputs?.map((output) => ({ name: output.name, binary: isBinary(output.parameters, "binary_data") })),
    binary: isBinary(wishes, "binary_data_output") ?? false,
  };
}

/** The outputs of a response by name. */
export function readInferResponse({ body, jsonLength }: Message): Readonly<Record<string, Tensor>> {
  const { outputs } = readMessage({ body, jsonLength }, inferResponseSchema);
  return readTensors(outputs, jsonLength === undefined ? new Uint8Array(0) : body.subarray(jsonLength));
}

/** A message whose tensors stand under `key`, those that are binary after the JSON in the same order. */
export function writeMessage(
  fields: Readonly<Record<string, unknown>>,
  key: "inputs" | "outputs",
  tensors: readonly { readonly name: string; readonly tensor: Tensor; readonly binary: boolean }[],
): Message {
  const blobs: Uint8Array[] = [];
  const written = tensors.map(({ name: tensorName, tensor, binary }) => {
    const described = { name: tensorName, datatype: datatypeOf(tensor.dtype), shape: tensor.shape };
    if (!binary) return `${JSON.stringify(described).slice(0, -1)},"data":${jsonOfTensor(tensorName, tensor)}}`;
    const bytes = bytesOfTensor(tensor);
    blobs.push(bytes);
    return JSON.stringify({ ...described, parameters: { binary_data_size: bytes.length } });
  });
  const head = JSON.stringify({ ...fields, [key]: [] }).slice(0, -2);
  const json = Buffer.from(`${head}${written.join(",")}]}`, "utf8");
  return blobs.length === 0
    ? { body: json, jsonLength: undefined }
    : { body: Buffer.concat([json, ...blobs]), jsonLength: json.length };
}

function readMessage<Schema extends z.ZodType>({ body, jsonLength }: Message, schema: Schema): z.output<Schema> {
  const refuse = (expected: string, received: string) => errors["bad-request"]({ where: "body", expected, received });
  if (jsonLength !== undefined && jsonLength > body.length) {
    throw refuse(`${jsonLength} bytes of JSON, as ${HEADER_LENGTH} says`, `${body.length} bytes`);
  }
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body.buffer, body.byteOffset, jsonLength ?? body.length).toString("utf8"));
  } catch (cause) {
    throw errors["bad-request"]({ where: "body", expected: "JSON", received: (cause as Error).message }, { cause });
  }
  const checked = schema.safeParse(json);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw errors["bad-tensor"]({
    where: issue!.path.join(".") || "body",
    expected: "what the protocol says",
    received: issue!.message,
  });
}

function readTensors(described: readonly z.output<typeof tensorSchema>[], rest: Uint8Array): Record<string, Tensor> {
  let at = 0;
  const tensors = new Map<string, Tensor>();
  for (const { data, parameters: wishes, ...tensor } of described) {
    const where = `tensor "${tensor.name}"`;
    if (tensors.has(tensor.name))
      throw errors["bad-tensor"]({ where, expected: "each name once", received: "it twice" });
    const size = wishes?.binary_data_size;
    if (size === undefined) {
      tensors.set(tensor.name, tensorOfJson(data, tensor));
      continue;
    }
    if (!Number.isInteger(size) || (size as number) < 0 || at + (size as number) > rest.length) {
      const received = `a binary_data_size of ${JSON.stringify(size)?.slice(0, 40)} and ${rest.length - at} bytes`;
      throw errors["bad-tensor"]({ where, expected: "as many bytes after the JSON as it says", received });
    }
    tensors.set(tensor.name, tensorOfBytes(rest.subarray(at, at + (size as number)), tensor));
    at += size as number;
  }
  if (at !== rest.length) {
    throw errors["bad-tensor"]({
      where: "binary data",
      expected: `${at} bytes after the JSON`,
      received: `${rest.length}`,
    });
  }
  return Object.fromEntries(tensors);
}
