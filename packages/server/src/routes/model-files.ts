import { type AccessOptions, admit } from "./access.ts";
import type { Services } from "./route.ts";
import { type FileRequest, sendFile } from "./static-files.ts";

/**
 * The file of a model at `/models/NAME.onnx`, for the console, which runs it in the page; undefined for other paths and unknown names.
 * What ships with the product anybody may have; a model of the user's own needs what listing it needs.
 */
export async function modelFile(
  path: string,
  request: FileRequest,
  { config, context, access }: Pick<Services, "config" | "context"> & { access: AccessOptions },
): Promise<Response | undefined> {
  const [, name] = /^\/models\/([^/]+)\.onnx$/.exec(path) ?? [];
  if (name === undefined) return undefined;
  const models = await context.models(config.models).list();
  const model = models.find((candidate) => encodeURIComponent(candidate.name) === name || candidate.name === name);
  if (model === undefined) return undefined;
  if (model.origin !== "shipped") await admit(request.header("authorization"), "models", access);
  return sendFile(model.path, request);
}
