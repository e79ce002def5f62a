import { readFileSync } from "node:fs";
import path from "node:path";
import { importsOf, maskSource } from "./source-scan.js";
import { listFiles, readJson } from "./workspace.js";

/** A source file as the rules see it: `path` relative to the workspace with slashes, text, masked text, imports. */
export function readSource(root, file) {
  const text = readFileSync(file, "utf8");
  const masked = maskSource(text);
  return { path: path.relative(root, file).split(path.sep).join("/"), text, masked, imports: importsOf(masked) };
}

/**
 * A package: folder name, npm name, declared dependencies, `imports` conditions, and its source files. What lies in its `app` is a
 * second one, with rules of its own: it is bundled, so that the package itself needs nothing of what it imports.
 */
export function readPackage(root, folder, { source = "src" } = {}) {
  const manifest = readJson(path.join(folder, "package.json"));
  const isBundled = source !== "src";
  const sources = listFiles(path.join(folder, source), { skip: ["fixtures"] }).filter((file) => /\.tsx?$/.test(file));
  const rootManifest = readJson(path.join(root, "package.json"));
  return {
    folder: isBundled ? `${path.basename(folder)}/${source}` : path.basename(folder),
    path: path.relative(root, folder).split(path.sep).join("/"),
    source: path.relative(root, path.join(folder, source)).split(path.sep).join("/"),
    npmName: isBundled ? undefined : manifest.name,
    dependencies: Object.keys({
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
      ...manifest.peerDependencies,
      ...(isBundled ? manifest.devDependencies : {}),
    }),
    testDependencies: Object.keys({ ...manifest.devDependencies, ...rootManifest.devDependencies }),
    subpaths: manifest.imports ?? {},
    files: sources.map((file) => readSource(root, file)),
  };
}

/** Files that an import path of the own package means, relative to `src`; a `#name` may mean one per condition. */
export function targetsOf(specifier, file, pack) {
  if (specifier.startsWith(".")) {
    return [path.posix.relative(pack.source, path.posix.join(path.posix.dirname(file.path), specifier))];
  }
  if (!specifier.startsWith("#")) return [];
  return leaves(pack.subpaths[specifier])
    .filter((target) => target.startsWith("./dist/"))
    .map((target) => target.slice("./dist/".length).replace(/(\.d)?\.(js|ts)$/, ".ts"));
}

function leaves(value) {
  if (typeof value === "string") return [value];
  return value === undefined || value === null ? [] : [...new Set(Object.values(value).flatMap(leaves))];
}

/** First folder of a path relative to `src`; undefined for a file at its root. */
export function topFolder(relative) {
  return relative.includes("/") ? relative.split("/")[0] : undefined;
}

/** Path of a file relative to its package's `src`. */
export function withinSource(file, pack) {
  return file.path.slice(`${pack.source}/`.length);
}

/** Whether a file may use what tests may use: a test, or a file that only tests import (shared cases). */
export function isTestSupport(file, pack) {
  if (isTest(file)) return true;
  const importers = pack.files.filter((other) =>
    other.imports.some(({ specifier }) => targetsOf(specifier, other, pack).includes(withinSource(file, pack))),
  );
  return importers.length > 0 && importers.every(isTest);
}

function isTest(file) {
  return /\.test(\.support)?\.tsx?$/.test(file.path);
}
