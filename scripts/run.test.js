import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { compareOutputs } from "./build.js";
import { checkNodeVersion, installError, isInstalled } from "./install.js";
import { mustForward, withVerb } from "./launch.js";
import { testFiles, wantsSlow } from "./run-tests.js";
import { contentHash, stampHash, workspaceRoot } from "./workspace.js";

/** A temporary folder with these files, gone after the test. */
function folderWith(context, files) {
  const root = mkdtempSync(path.join(tmpdir(), "fovea-run-"));
  context.after(() => rmSync(root, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

test("a Node that is too old is refused, the oldest allowed one is not", () => {
  for (const version of ["v20.19.0", "v20.20.2", "v22.0.0", "v100.1.0"]) checkNodeVersion(version, ">=20.19");
  for (const version of ["v20.18.9", "v18.20.0", "v9.99.0"]) {
    assert.throws(() => checkNodeVersion(version, ">=20.19"), { code: "setup/node-too-old" });
  }
});

test("an install made by hand is recognised, a changed version is not, other platforms' packages may be absent", () => {
  const lock = {
    packages: {
      "": { name: "workspace" },
      "packages/cli": { name: "fovea" },
      "node_modules/yaml": { version: "2.0.0", integrity: "sha512-a" },
      "node_modules/a/node_modules/b": { version: "1.0.0", integrity: "sha512-b" },
      "node_modules/only-on-mars": { version: "1.0.0", integrity: "sha512-c", optional: true },
    },
  };
  const { "": _root, "packages/cli": _cli, "node_modules/only-on-mars": _mars, ...packages } = lock.packages;
  assert.equal(isInstalled(lock, { packages }), true);
  const { "node_modules/yaml": yaml, ...withoutYaml } = packages;
  assert.equal(isInstalled(lock, { packages: withoutYaml }), false);
  assert.equal(
    isInstalled(lock, { packages: { ...packages, "node_modules/yaml": { ...yaml, version: "2.0.1" } } }),
    false,
  );
});

test("a failed install says npm's last lines and the remedy that fits", () => {
  const output = `${"npm noise\n".repeat(40)}npm error code ENOTFOUND\nnpm error     at f (a.js:1)\nnpm error network request failed\nnpm error\n`;
  const error = installError(output);
  assert.equal(error.code, "setup/install-failed");
  assert.match(error.message, /ENOTFOUND\nnpm error network request failed$/);
  assert.ok(error.message.split("\n").length < 15);
  assert.match(error.help, /check the network/);
  assert.match(installError("npm error code EUSAGE\nnot in sync").help, /npm install/);
  assert.match(installError("something else").help, /by hand/);
});

test("compiled files without source are stale, sources without compiled file are missing", (context) => {
  const root = folderWith(context, {
    "src/kept.ts": "",
    "src/deep/new.ts": "",
    "dist/kept.js": "",
    "dist/kept.js.map": "",
    "dist/kept.d.ts": "",
    "dist/deep/gone.test.js": "",
    "dist/deep/gone.test.d.ts": "",
    "dist/codec.wasm": "",
  });
  const { stale, missing } = compareOutputs(root);
  const names = (files) => files.map((file) => path.relative(root, file));
  assert.deepEqual(names(stale), ["dist/deep/gone.test.d.ts", "dist/deep/gone.test.js"]);
  assert.deepEqual(names(missing), ["src/deep/new.ts"]);
});

test("a package with an application has two pairs of folders, and what is bundled is nobody's output", (context) => {
  const root = folderWith(context, {
    "src/index.ts": "",
    "app/kept.ts": "",
    "app/new.ts": "",
    "dist/index.js": "",
    "dist/gone.js": "",
    "dist/app/assets/page.js": "",
    "dist/logic/kept.js": "",
    "dist/logic/gone.js": "",
  });
  const { stale, missing } = compareOutputs(root);
  const names = (files) => files.map((file) => path.relative(root, file));
  assert.deepEqual(names(stale), ["dist/gone.js", "dist/logic/gone.js"]);
  assert.deepEqual(names(missing), ["app/new.ts"]);
});

test("npm start without a verb serves the console and opens it; help, the version and verbs stay as they are", () => {
  assert.deepEqual(withVerb([]), ["serve", "--open"]);
  assert.deepEqual(withVerb(["--no-open", "--port", "0"]), ["serve", "--port", "0"]);
  assert.deepEqual(withVerb(["--port", "9000"]), ["serve", "--port", "9000", "--open"]);
  for (const args of [["--help"], ["-h"], ["--version"], ["analyze", "a.jpg"], ["serve", "--port", "0"]]) {
    assert.deepEqual(withVerb(args), args);
  }
});

test("fingerprints: contents differ by text, stamps by time and size", (context) => {
  const root = folderWith(context, { "a.txt": "one", "b.txt": "two" });
  const files = ["a.txt", "b.txt"].map((name) => path.join(root, name));
  const [contents, stamps] = [contentHash(root, files), stampHash(root, files)];
  utimesSync(files[0], new Date(0), new Date(0));
  assert.equal(contentHash(root, files), contents);
  assert.notEqual(stampHash(root, files), stamps);
  writeFileSync(files[1], "TWO");
  assert.notEqual(contentHash(root, files), contents);
  assert.equal(typeof contentHash(root, [path.join(root, "absent")]), "string");
});

test("a signal is passed on once, and not where the terminal has already sent it", () => {
  assert.equal(mustForward("SIGINT", { isTerminal: true, alreadySent: false }), false);
  assert.equal(mustForward("SIGINT", { isTerminal: false, alreadySent: false }), true);
  assert.equal(mustForward("SIGTERM", { isTerminal: true, alreadySent: false }), true);
  assert.equal(mustForward("SIGTERM", { isTerminal: true, alreadySent: true }), false);
});

test("test files: compiled, shared, scripts; slow ones on request; a pattern picks", (context) => {
  const root = folderWith(context, {
    "package.json": JSON.stringify({ workspaces: ["packages/a"] }),
    "packages/a/dist/x.test.js": "",
    "packages/a/dist/x.slow.test.js": "",
    "packages/a/dist/x.js": "",
    "packages/a/src/x.test.ts": "",
    "packages/left-over/dist/y.test.js": "",
    "tests/contracts/c.test.js": "",
    "scripts/s.test.js": "",
  });
  const names = (options) => testFiles(root, options).map((file) => path.relative(root, file));
  const quick = ["packages/a/dist/x.test.js", "tests/contracts/c.test.js", "scripts/s.test.js"];
  assert.deepEqual(names(), quick);
  assert.deepEqual(names({ slow: true }), ["packages/a/dist/x.slow.test.js", ...quick]);
  assert.deepEqual(names({ patterns: ["contracts"] }), ["tests/contracts/c.test.js"]);
});

test("slow tests run on a build server and on request", () => {
  assert.deepEqual([{ CI: "true" }, { FOVEA_SLOW: "1" }, { CI: "false" }, {}].map(wantsSlow), [
    true,
    true,
    false,
    false,
  ]);
});

const runScript = path.join(workspaceRoot, "scripts", "run.js");

test("a wrong verb is wrong usage: exit 2, with help", () => {
  const { status, stderr } = spawnSync(process.execPath, [runScript, "fly"], { encoding: "utf8" });
  assert.equal(status, 2);
  assert.match(stderr, /^error setup\/unknown-verb: expected one of start, test, bench, received fly\.\nhelp: /);
});

test("launch hands over arguments and exit code, and the child handles SIGTERM itself, once", async (context) => {
  const root = folderWith(context, {
    "child.js": `
      if (process.argv[2] === "exit") process.exit(Number(process.argv[3]));
      let count = 0;
      process.on("SIGTERM", () => { count += 1; setTimeout(() => { console.log("saved", count); process.exit(130); }, 200); });
      setInterval(() => {}, 1000);
      console.log("ready");`,
    "parent.js": `
      import { launch } from ${JSON.stringify(path.join(workspaceRoot, "scripts", "launch.js"))};
      process.exitCode = await launch(process.argv[2], process.argv.slice(3), { cwd: ${JSON.stringify(tmpdir())} });`,
    "package.json": '{ "type": "module" }',
  });
  const [parent, child] = [path.join(root, "parent.js"), path.join(root, "child.js")];
  assert.equal(spawnSync(process.execPath, [parent, child, "exit", "4"]).status, 4);

  const running = spawn(process.execPath, [parent, child], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  running.stdout.on("data", (chunk) => {
    output += chunk;
    if (!output.includes("ready") || output.includes("saved")) return;
    running.kill("SIGTERM");
    running.kill("SIGTERM"); // npm's copy
  });
  const code = await new Promise((resolve) => running.on("close", resolve));
  assert.equal(output, "ready\nsaved 1\n");
  assert.equal(code, 130);
});
