import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const app = fileURLToPath(new URL("../app", import.meta.url));
const manifest = createRequire(import.meta.url).resolve("svelte-check/package.json");
const program = path.join(path.dirname(manifest), "bin", "svelte-check");

test("the components of the application are sound TypeScript and have no warning of Svelte", {
  skip: existsSync(program) ? false : "svelte-check is not installed",
}, () => {
  const args = [
    program,
    "--workspace",
    app,
    "--tsconfig",
    "tsconfig.svelte.json",
    "--output",
    "human",
    "--fail-on-warnings",
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: app, encoding: "utf8" });
  assert.equal(status, 0, `${stdout}${stderr}`);
});
