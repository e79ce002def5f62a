import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { asFoveaError, type FoveaError } from "@foveajs/errors";
import { glob, isDynamicPattern } from "tinyglobby";
import { errors } from "../errors.ts";
import { isOverlayName } from "../overlay/file-names.ts";
import { fileError } from "./read-file.ts";

/** Extensions that are taken for images in folders; in patterns and by name every file is. */
export const imageExtensions = ["jpg", "jpeg", "png", "webp", "avif"] as const;

/** One image to read, or why what was named gives none. `-` is standard input. */
export type ExpandedInput =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "stdin" }
  | { readonly kind: "failure"; readonly path: string; readonly error: FoveaError };

/**
 * Files, folders (searched with their sub-folders, but for hidden ones), patterns and `-` as images to read, in the order given;
 * within a folder or pattern by name. A file that is reached twice comes once.
 */
export async function expandInputs(
  inputs: readonly string[],
  { folder = process.cwd() }: { folder?: string } = {},
): Promise<readonly ExpandedInput[]> {
  const expanded = new Map<string, ExpandedInput>();
  for (const input of inputs) {
    for (const found of await expand(input, folder)) {
      const key = found.kind === "stdin" ? "-" : resolve(folder, found.path);
      if (!expanded.has(key)) expanded.set(key, found);
    }
  }
  return [...expanded.values()];
}

async function expand(input: string, folder: string): Promise<readonly ExpandedInput[]> {
  if (input === "-") return [{ kind: "stdin" }];
  try {
    // What exists is meant by its name, so that "photo[1].jpg" is no pattern.
    const entry = await stat(resolve(folder, input));
    if (!entry.isDirectory()) return [{ kind: "file", path: input }];
    const extensions = imageExtensions.join(",");
    const found = await search(`**/*.{${extensions}}`, resolve(folder, input));
    const paths = found.filter((path) => !isOverlayName(path));
    if (paths.length === 0) throw errors["empty-folder"]({ path: input, extensions: imageExtensions });
    return paths.map((path) => ({ kind: "file", path: `${input.replace(/[/\\]+$/, "")}/${path}` }));
  } catch (thrown) {
    const isMissing = (thrown as NodeJS.ErrnoException).code === "ENOENT";
    if (!isMissing || !isDynamicPattern(input)) return [failure(input, thrown)];
  }
  const paths = await search(input, folder);
  if (paths.length === 0) return [failure(input, errors["no-match"]({ pattern: input }))];
  return paths.map((path) => ({ kind: "file", path }));
}

const failure = (path: string, thrown: unknown): ExpandedInput => ({
  kind: "failure",
  path,
  error: asFoveaError(fileError(path, thrown)),
});

async function search(pattern: string, cwd: string): Promise<string[]> {
  const paths = await glob(pattern, { cwd, caseSensitiveMatch: false, absolute: false, expandDirectories: false });
  return paths.sort();
}
