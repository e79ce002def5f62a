import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of the workspace: absolute path of the repository's root. */
export const workspaceRoot = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** What went wrong before any package could be used; printed in the same form as a FoveaError. */
export class SetupError extends Error {
  name = "SetupError";

  constructor({ code, message, help, cause }) {
    super(message, { cause });
    this.code = code;
    this.help = help;
  }
}

/** The two lines of any error: `error code: message` and `help: what to do`. */
export function errorText({ code, message, help }) {
  return `error ${code}: ${message}\nhelp: ${help}`;
}

/**
 * Files below `folder`, as sorted absolute paths; folders named in `skip` are not entered. A missing folder has no files.
 */
export function listFiles(folder, { skip = [] } = {}) {
  if (!existsSync(folder)) return [];
  const files = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const entryPath = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skip.includes(entry.name)) files.push(...listFiles(entryPath, { skip }));
    } else if (entry.isFile()) files.push(entryPath);
  }
  return files.sort();
}

/** Package folders named by the root package.json, as absolute paths in its order. */
export function packageFolders(root) {
  return readJson(path.join(root, "package.json")).workspaces.map((workspace) => path.join(root, workspace));
}

/** Parsed JSON of a file. */
export function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Fingerprint of what the files hold: hexadecimal SHA-256 of their paths and contents. A missing file counts as such. */
export function contentHash(root, files) {
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(`${path.relative(root, file)}\0`);
    hash.update(existsSync(file) ? readFileSync(file) : "missing");
  }
  return hash.digest("hex");
}

/** Fingerprint of the files' paths, sizes and times of change: cheap, and differs after any edit or checkout. */
export function stampHash(root, files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${path.relative(root, file)}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

/** What a marker file remembers, or an empty string. */
export function readMarker(file) {
  return existsSync(file) ? readFileSync(file, "utf8").trim() : "";
}
