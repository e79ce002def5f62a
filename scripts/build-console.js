import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { listFiles, readMarker, SetupError, stampHash } from "./workspace.js";

/** Packages whose code is in the application. */
const bundled = ["errors", "graph", "vision", "operations", "client"];
const isTest = (file) => /\.test\.(js|ts)$/.test(file);

/** What the bundler reads: the application, its configuration, the compiled packages, the versions of all others. */
function bundleInputs(root) {
  const own = path.join(root, "packages", "console");
  const compiled = bundled.flatMap((name) =>
    listFiles(path.join(root, "packages", name, "dist")).filter((file) => file.endsWith(".js")),
  );
  const sources = [...listFiles(path.join(own, "app")), ...listFiles(path.join(own, "build"))];
  const others = [
    path.join(own, "vite.config.ts"),
    path.join(own, "package.json"),
    path.join(root, "package-lock.json"),
  ];
  return [...sources, ...compiled, ...others].filter((file) => !isTest(file) && existsSync(file));
}

/** Bundles the console's application where something in it changed since the last good time; says so via `report`. */
export function buildConsole(root, report) {
  const marker = path.join(root, "node_modules", ".fovea-console");
  const own = path.join(root, "packages", "console");
  const fingerprint = stampHash(root, bundleInputs(root));
  if (readMarker(marker) === fingerprint && existsSync(path.join(own, "dist", "app", "index.html"))) return;
  report("building the console ...");
  const vite = path.join(root, "node_modules", "vite", "bin", "vite.js");
  const args = [vite, "build", "--config", path.join(own, "vite.config.ts"), "--logLevel", "warn"];
  const result = spawnSync(process.execPath, args, { cwd: own, encoding: "utf8" });
  if (result.status !== 0) {
    throw new SetupError({
      code: "setup/console-failed",
      message: `the console could not be bundled:\n${(result.error?.message ?? `${result.stdout}${result.stderr}`).trim()}`,
      help: "correct the lines above (or undo your last change), then run the command again.",
    });
  }
  writeFileSync(marker, `${fingerprint}\n`);
}
