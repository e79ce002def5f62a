import type { CallOptions, Connection } from "../requests/connect.ts";
import { type FileInput, type FileInputs, formOf } from "../requests/form.ts";
import type { JsonOf, RouteOf } from "../requests/route-types.ts";

type Evaluate = RouteOf<"/v1/evaluate", "post">;
type EvaluateForm = Evaluate["requestBody"]["content"]["multipart/form-data"];

/** A model in a list, or why its file could not be read. */
export type ListedModel = JsonOf<RouteOf<"/v1/models", "get">>["models"][number];
/** All that a model's card says. */
export type ModelDetails = JsonOf<RouteOf<"/v1/models/{name}", "get">>;
/** What a model says of pictures, one prediction a picture, in their order. */
export type Predictions = JsonOf<RouteOf<"/v1/models/{name}/predict", "post">>;
/** Scores of predictions by a protocol. */
export type Evaluation = JsonOf<Evaluate>["results"][number];

/** The protocol, the data set on the server, and what the protocol takes besides. */
export interface EvaluateOptions extends CallOptions, Omit<EvaluateForm, "predictions"> {}

/** Routes of models. */
export interface ModelRoutes {
  /** The models of the server. */
  models(options?: CallOptions): Promise<readonly ListedModel[]>;
  /** One model's card. */
  model(name: string, options?: CallOptions): Promise<ModelDetails>;
  /** Runs a model on pictures, each as a whole. */
  predict(name: string, pictures: FileInputs, options?: CallOptions): Promise<Predictions>;
  /** Scores predictions by an official protocol; the end of the file's name tells what it is, as in scores.csv. */
  evaluate(predictions: FileInput, options: EvaluateOptions): Promise<readonly Evaluation[]>;
}

export function modelRoutes({ json }: Connection): ModelRoutes {
  return {
    models: async ({ signal } = {}) => (await json("get", "/v1/models", { signal })).models,
    model: (name, { signal } = {}) => json("get", "/v1/models/{name}", { path: { name }, signal }),
    async predict(name, pictures, { signal } = {}) {
      const body = await formOf(pictures, { part: "files" });
      return json("post", "/v1/models/{name}/predict", { path: { name }, body, signal });
    },
    async evaluate(predictions, { signal, ...fields }) {
      const body = await formOf(predictions, { part: "predictions", fields });
      return (await json("post", "/v1/evaluate", { body, signal })).results;
    },
  };
}
