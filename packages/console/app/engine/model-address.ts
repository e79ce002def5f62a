import { readKey } from "../server/key.ts";
import { modelFilePath } from "../server/models.ts";

/** Where the server hands out the file of a model. */
export const modelAddress = (name: string): string => new URL(modelFilePath(name), document.baseURI).href;

/** Headers by which the server lets this page have it. */
export function keyHeaders(): Record<string, string> {
  const key = readKey();
  return key === undefined ? {} : { authorization: `Bearer ${key}` };
}
