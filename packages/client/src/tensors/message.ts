import { errors } from "../errors.ts";
import { bytesOfTensor, tensorOfBytes } from "./bytes.ts";
import { dtypeOf, rowOf, type Tensor } from "./tensor.ts";

/** Tells how long the JSON at the start of a message is; what comes after it are tensors. */
export const HEADER_LENGTH = "inference-header-content-length";

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * An inference request of the Open Inference Protocol with all tensors in binary, and the length of its JSON. Source:
 * triton-inference-server/server, docs/protocol/extension_binary_data.md.
 */
export function writeInferRequest(
  inputs: Tensors,
  outputs: readonly string[] | undefined,
): { body: Uint8Array<ArrayBuffer>; jsonLength: number } {
  const blobs = Object.entries(inputs).map(([name, tensor]) => bytesOfTensor(name, tensor));
  const json = new TextEncoder().encode(
    JSON.stringify({
      parameters: { binary_data_output: true },
      inputs: Object.entries(inputs).map(([name, { dtype, shape }], index) => ({
        name,
        datatype: rowOf(dtype).datatype,
        shape,
        parameters: { binary_data_size: blobs[index]!.length },
      })),
      ...(outputs ? { outputs: outputs.map((name) => ({ name })) } : {}),
    }),
  );
  const body = new Uint8Array(blobs.reduce((total, { length }) => total + length, json.length));
  let at = 0;
  for (const part of [json, ...blobs]) {
    body.set(part, at);
    at += part.length;
  }
  return { body, jsonLength: json.length };
}

/** The outputs of a response by name; `jsonLength` is what its header says. Throws `client/bad-answer`. */
export function readInferResponse(body: Uint8Array, { jsonLength, what }: { jsonLength: string | null; what: string }) {
  const refuse = (received: string) => errors["bad-answer"]({ what, expected: "tensors in binary", received });
  const length = jsonLength === null ? body.length : Number(jsonLength);
  if (!(length <= body.length)) throw refuse(`${body.length} bytes, ${jsonLength} of them JSON`);
  const { outputs } = parsed(body.subarray(0, length), refuse);
  const tensors: Record<string, Tensor> = {};
  let at = length;
  for (const { name, datatype, shape, parameters } of outputs) {
    const dtype = dtypeOf(datatype);
    const size = parameters?.binary_data_size;
    const tensor =
      dtype && typeof size === "number" && size >= 0
        ? tensorOfBytes(body.subarray(at, at + size), { dtype, shape })
        : undefined;
    if (tensor === undefined) throw refuse(`"${name}" as ${datatype} [${shape}] in ${size ?? "no"} bytes`);
    tensors[name] = tensor;
    at += size as number;
  }
  return tensors as Tensors;
}

interface InferResponse {
  readonly outputs: readonly {
    readonly name: string;
    readonly datatype: string;
    readonly shape: readonly number[];
    readonly parameters?: { readonly binary_data_size?: number };
  }[];
}

function parsed(json: Uint8Array, refuse: (received: string) => Error): InferResponse {
  const text = new TextDecoder().decode(json);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse(`"${text.slice(0, 100)}"`);
  }
  if (!Array.isArray((value as Partial<InferResponse> | null)?.outputs)) throw refuse(`"${text.slice(0, 100)}"`);
  return value as InferResponse;
}
