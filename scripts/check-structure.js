// Checks what docs/architecture.md draws: which package imports which, and in which order the folders of a package
// stand. A new folder is one word in the table below; a new package is one row.
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { checkFile } from "./file-rules.js";
import { readPackage, readSource } from "./source-package.js";
import { checkPackage, findCycles } from "./structure-rules.js";
import { listFiles, packageFolders, workspaceRoot } from "./workspace.js";

/**
 * One row a package, lowest first. `imports`: the packages that it may import; `testImports`: its tests besides.
 * `folders`: in the order in which a folder may be imported by those after it. Files at the root of `src` (errors.ts)
 * may be imported from everywhere; index.ts and main.ts gather all.
 */
export const structure = {
  errors: { imports: [], folders: [] },
  graph: {
    imports: ["errors"],
    folders: [
      "ir",
      "ops",
      "format",
      "passes",
      "gradients",
      "inspect",
      "layout",
      "lowering",
      "optimizers",
      "training",
      "session",
    ],
  },
  vision: {
    imports: ["errors", "graph"],
    folders: [
      "image",
      "host",
      "augment",
      "data",
      "layers",
      "backbones",
      "losses",
      "tasks",
      "model",
      "training",
      "face",
    ],
  },
  evaluation: { imports: ["errors"], folders: ["metrics", "statistics", "protocols", "reports"] },
  operations: {
    imports: ["errors", "graph", "vision", "evaluation"],
    folders: ["files", "overlay", "inputs", "models", "node", "sweep", "runs", "verbs"],
  },
  console: { imports: [], testImports: ["graph", "vision"], folders: ["pages"] },
  "console/app": {
    imports: ["errors", "graph", "vision", "operations", "client"],
    folders: ["language", "design", "server", "engine", "components", "analyze", "train", "models", "api"],
  },
  server: {
    imports: ["errors", "operations", "console"],
    folders: ["config", "security", "protocol", "inference", "datasets", "jobs", "routes", "verbs"],
  },
  client: {
    imports: ["errors"],
    testImports: ["operations", "server"],
    folders: ["generated", "files", "requests", "events", "tensors", "routes"],
  },
  cli: { imports: ["errors", "operations", "server"], folders: ["testing", "flags", "output", "views"] },
};

/** Lines that a file may have; justify more than 300. */
export const maxLines = 400;

/** Files that are data rather than code, and may be longer: tables, fixtures, and what a program has written. */
export const exemptFromLength = /(^|\/)[^/]*table[^/]*\.ts$|(^|\/)(fixtures?|generated)(\/|[^/]*$)/;

/** Folders outside of packages whose files have a length too. */
const otherFolders = ["bench", "examples", "recipes", "scripts", "tests"];

/** All offences of a workspace: `{ file, line, rule, expected, received, help }`, paths relative to `root`. */
export function checkStructure(root, table = structure) {
  const packages = packageFolders(root).flatMap((folder) => [
    readPackage(root, folder),
    ...(existsSync(path.join(folder, "app")) ? [readPackage(root, folder, { source: "app" })] : []),
  ]);
  const offences = packages.flatMap((pack) => [
    ...checkPackage(pack, packages, table),
    ...pack.files.flatMap((file) => checkFile(file, { maxLines, exemptFromLength })),
    ...findCycles(pack),
  ]);
  for (const folder of otherFolders) {
    const files = listFiles(path.join(root, folder), { skip: ["node_modules", "dist", "fixtures"] });
    for (const file of files.filter((name) => /\.(js|ts)$/.test(name))) {
      offences.push(...checkFile(readSource(root, file), { maxLines, exemptFromLength, isLoose: true }));
    }
  }
  for (const file of packages.flatMap(({ source }) => listFiles(path.join(root, source)))) {
    if (!file.endsWith(".svelte")) continue;
    offences.push(...checkFile(readSource(root, file), { maxLines, exemptFromLength, isLoose: true }));
  }
  return offences.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

/** An offence as `file:line: error ...` and its help. */
export function offenceText({ file, line, rule, expected, received, help }) {
  return `${file}:${line}: error structure/${rule}: expected ${expected}, received ${received}.\n  help: ${help}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const offences = checkStructure(workspaceRoot);
  for (const offence of offences) process.stdout.write(`${offenceText(offence)}\n`);
  process.stdout.write(`structure: ${offences.length === 0 ? "no offence" : `${offences.length} offences`}\n`);
  process.exitCode = offences.length === 0 ? 0 : 1;
}
