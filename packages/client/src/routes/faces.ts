import type { CallOptions, Connection } from "../requests/connect.ts";
import { type FileInput, type FileInputs, formOf } from "../requests/form.ts";
import type { JsonOf, RouteOf } from "../requests/route-types.ts";

type Analyze = RouteOf<"/v1/analyze", "post">;
type Detect = RouteOf<"/v1/detect", "post">;
type Query<Route extends Analyze | Detect> = NonNullable<Route["parameters"]["query"]>;

/** What the detector is told: the least score of a face, the side to which a picture is reduced, and whether it is drawn. */
export interface DetectOptions extends CallOptions, Query<Detect> {}

/** The same, and which readings are wanted by name; all when absent. */
export interface AnalyzeOptions extends CallOptions, Omit<Query<Analyze>, "only"> {
  readonly only?: readonly string[];
}

/** What is drawn, and as what. */
export interface OverlayOptions extends Omit<AnalyzeOptions, "overlay"> {
  /** PNG when absent. */
  readonly format?: "png" | "jpeg";
}

/** Results in the order of the pictures: each has its faces, or its error. */
export type Analyses = JsonOf<Analyze>;
export type Detections = JsonOf<Detect>;

/** Routes that find and read faces. */
export interface FaceRoutes {
  /** Finds the faces of pictures and reads them. */
  analyze(pictures: FileInputs, options?: AnalyzeOptions): Promise<Analyses>;
  /** Finds the faces of pictures and reads nothing. */
  detect(pictures: FileInputs, options?: DetectOptions): Promise<Detections>;
  /** A picture with boxes, points and labels drawn into it: the bytes of a PNG or JPEG file. */
  overlay(picture: FileInput, options?: OverlayOptions): Promise<Uint8Array<ArrayBuffer>>;
}

export function faceRoutes({ json, bytes }: Connection): FaceRoutes {
  const part = "files";
  return {
    async analyze(pictures, { signal, only, ...options } = {}) {
      const query = { ...options, ...joined(only) };
      return json("post", "/v1/analyze", { query, body: await formOf(pictures, { part }), signal });
    },
    async detect(pictures, { signal, ...query } = {}) {
      return json("post", "/v1/detect", { query, body: await formOf(pictures, { part }), signal });
    },
    async overlay(picture, { signal, only, format = "png", ...options } = {}) {
      const query = { ...options, ...joined(only) };
      const headers = { accept: `image/${format}` };
      const body = await formOf(picture, { part });
      return (await bytes("post", "/v1/analyze", { query, headers, body, signal })).bytes;
    },
  };
}

const joined = (only: readonly string[] | undefined) => (only === undefined ? {} : { only: only.join(",") });
