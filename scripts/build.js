import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { listFiles, packageFolders, readMarker, SetupError, stampHash } from "./workspace.js";

const outputEndings = [".js", ".js.map", ".d.ts", ".d.ts.map"];

/** Source files that the compiler turns into JavaScript. */
function isSource(file) {
  return file.endsWith(".ts") && !file.endsWith(".d.ts");
}

/** What the compiler reads: sources and configurations, as absolute paths. */
function buildInputs(root) {
  const perPackage = packageFolders(root).flatMap((folder) => [
    path.join(folder, "package.json"),
    path.join(folder, "tsconfig.json"),
    ...sourceFolders(folder).flatMap(({ source }) => listFiles(source).filter((file) => /\.(ts|json)$/.test(file))),
  ]);
  const shared = ["package-lock.json", "tsconfig.json", "tsconfig.base.json"].map((file) => path.join(root, file));
  const examples = listFiles(path.join(root, "examples"), { skip: ["dist"] }).filter((file) =>
    /\.(ts|json)$/.test(file),
  );
  return [...shared, ...perPackage, ...examples].filter(existsSync);
}

/**
 * Where a package's sources lie and what the compiler makes of them: `src`, and `app` of a package with an application, whose modules
 * are compiled apart (for their tests; what is served is bundled into `dist/app`).
 */
function sourceFolders(packageFolder) {
  const at = (...names) => path.join(packageFolder, ...names);
  if (!existsSync(at("app"))) return [{ source: at("src"), output: at("dist"), skip: [] }];
  return [
    { source: at("src"), output: at("dist"), skip: ["app", "logic"] },
    { source: at("app"), output: at("dist", "logic"), skip: [] },
  ];
}

/**
 * Compares a package's `src` and `dist`. `stale`: compiled files whose source is gone (a deleted test must not run);
 * `missing`: sources without compiled file, which `tsc --build` alone would not notice. Absolute paths.
 */
export function compareOutputs(packageFolder) {
  const parts = sourceFolders(packageFolder).map(compareFolders);
  return { stale: parts.flatMap(({ stale }) => stale), missing: parts.flatMap(({ missing }) => missing) };
}

function compareFolders({ source, output, skip }) {
  const sources = listFiles(source).filter(isSource);
  const stems = new Set(sources.map((file) => path.relative(source, file).slice(0, -".ts".length)));
  const stemOf = (file) => {
    const ending = outputEndings.find((candidate) => file.endsWith(candidate));
    return ending && path.relative(output, file).slice(0, -ending.length);
  };
  const stale = listFiles(output, { skip }).filter((file) => {
    const stem = stemOf(file);
    return stem !== undefined && !stems.has(stem);
  });
  const missing = sources.filter(
    (file) => !existsSync(path.join(output, `${path.relative(source, file).slice(0, -".ts".length)}.js`)),
  );
  return { stale, missing };
}

/** Compiles all packages where a source or a configuration changed since the last good build; says so via `report`. */
export function build(root, report) {
  const marker = path.join(root, "node_modules", ".fovea-build");
  const fingerprint = stampHash(root, buildInputs(root));
  const outputs = packageFolders(root).map(compareOutputs);
  for (const file of outputs.flatMap(({ stale }) => stale)) rmSync(file);
  const isIncomplete = outputs.some(({ missing }) => missing.length > 0);
  if (readMarker(marker) === fingerprint && !isIncomplete) return;
  report("building ...");
  let failure = runCompiler(root, []);
  // Still missing after that: a deleted dist, which the compiler's own record takes for up to date.
  if (hasMissing(root)) failure = runCompiler(root, ["--force"]);
  if (failure !== undefined) {
    throw new SetupError({
      code: "setup/build-failed",
      message: `the TypeScript build failed:\n${failure}`,
      help: "correct the lines above (or undo your last change), then run the command again.",
    });
  }
  writeFileSync(marker, `${fingerprint}\n`);
}

function hasMissing(root) {
  return packageFolders(root).some((folder) => compareOutputs(folder).missing.length > 0);
}

/** Runs `tsc --build`; returns what it printed where it failed. */
function runCompiler(root, flags) {
  const compiler = path.join(root, "node_modules", "typescript", "bin", "tsc");
  const result = spawnSync(process.execPath, [compiler, "--build", ...flags], { cwd: root, encoding: "utf8" });
  if (result.status === 0) return undefined;
  return (result.error?.message ?? `${result.stdout}${result.stderr}`).trim();
}
