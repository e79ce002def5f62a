import type { ListedModel, ModelDetails } from "@foveajs/client";
import { type ServerOptions, serverClient } from "./client.ts";

export type { ListedModel } from "@foveajs/client";
/** A model with what its card says. */
export type ShownModel = ModelDetails;
/** A file that is no sound model, in its place in the list. */
export type FailedModel = Extract<ListedModel, { readonly error: unknown }>;

/** All models of the server, in its order. */
export const listModels = (options?: ServerOptions): Promise<readonly ListedModel[]> => serverClient(options).models();

/** What the server says of one model. */
export const showModel = (name: string, options?: ServerOptions): Promise<ShownModel> =>
  serverClient(options).model(name);

/** Address of a model's file, relative to the console's page. */
export const modelFilePath = (name: string): string => `models/${encodeURIComponent(name)}.onnx`;
