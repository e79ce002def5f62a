import type { CallOptions, Connection } from "../requests/connect.ts";
import type { JsonOf, RouteOf } from "../requests/route-types.ts";
import { HEADER_LENGTH, readInferResponse, type Tensors, writeInferRequest } from "../tensors/message.ts";
import { isReady } from "./health.ts";

/** Name, version and extensions of a server. */
export type ServerMetadata = JsonOf<RouteOf<"/v2", "get">>;
/** What a model takes and gives; extents of -1 may differ. */
export type ModelMetadata = JsonOf<RouteOf<"/v2/models/{name}", "get">>;

/** Which version of a model; models of Fovea have one. */
export interface VersionOptions extends CallOptions {
  readonly version?: RouteOf<"/v2/models/{name}/versions/{version}", "get">["parameters"]["path"]["version"];
}

/** The Open Inference Protocol, as KServe and Triton speak it. */
export interface ProtocolRoutes {
  server(options?: CallOptions): Promise<ServerMetadata>;
  live(options?: CallOptions): Promise<boolean>;
  ready(options?: CallOptions): Promise<boolean>;
  model(name: string, options?: VersionOptions): Promise<ModelMetadata>;
  modelReady(name: string, options?: VersionOptions): Promise<boolean>;
  /** Runs a model on tensors; they go and come in binary, so that every bit is kept. `outputs`: all when absent. */
  infer(
    name: string,
    inputs: Tensors,
    options?: VersionOptions & { readonly outputs?: readonly string[] },
  ): Promise<Tensors>;
}

const MODEL = "/v2/models/{name}";
const VERSION = "/v2/models/{name}/versions/{version}";

export function protocolRoutes({ json, bytes }: Connection): ProtocolRoutes {
  return {
    server: ({ signal } = {}) => json("get", "/v2", { signal }),
    live: async ({ signal } = {}) => (await json("get", "/v2/health/live", { signal })).live,
    ready: ({ signal } = {}) => isReady(json("get", "/v2/health/ready", { signal })),
    model: (name, { version, signal } = {}) =>
      version === undefined
        ? json("get", MODEL, { path: { name }, signal })
        : json("get", VERSION, { path: { name, version }, signal }),
    modelReady: (name, { version, signal } = {}) =>
      isReady(
        version === undefined
          ? json("get", `${MODEL}/ready`, { path: { name }, signal })
          : json("get", `${VERSION}/ready`, { path: { name, version }, signal }),
      ),
    async infer(name, inputs, { version, outputs, signal } = {}) {
      const { body, jsonLength } = writeInferRequest(inputs, outputs);
      const headers = { "content-type": "application/octet-stream", [HEADER_LENGTH]: String(jsonLength) };
      const answer = await (version === undefined
        ? bytes("post", `${MODEL}/infer`, { path: { name }, headers, body, signal })
        : bytes("post", `${VERSION}/infer`, { path: { name, version }, headers, body, signal }));
      return readInferResponse(answer.bytes, { jsonLength: answer.headers.get(HEADER_LENGTH), what: `infer ${name}` });
    },
  };
}
