// What stands behind `npm start`, `npm test` and `npm run bench`: sets the workspace up where needed, then goes on.
// Plain JavaScript without dependencies, since it runs before anything is installed.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { build } from "./build.js";
import { buildConsole } from "./build-console.js";
import { checkNodeVersion, install } from "./install.js";
import { launch, withVerb } from "./launch.js";
import { errorText, readJson, workspaceRoot as root, SetupError } from "./workspace.js";

const verbs = { start, test, bench };

/** Where the user stood: npm changes to the root and keeps the former folder in INIT_CWD. */
function userFolder() {
  return process.env.npm_lifecycle_event === undefined ? process.cwd() : (process.env.INIT_CWD ?? process.cwd());
}

function start(args) {
  const main = path.join(root, "packages", "cli", "dist", "main.js");
  if (!existsSync(main)) {
    throw new SetupError({
      code: "setup/no-command",
      message: "expected packages/cli/dist/main.js after the build, found nothing.",
      help: "restore packages/cli/src/main.ts, then run the command again.",
    });
  }
  return launch(main, withVerb(args), { cwd: userFolder() });
}

async function test(args) {
  const { runTests } = await import("./run-tests.js"); // late: `node:test` is missing in a Node that is too old
  return runTests(root, args);
}

function bench([name, ...args]) {
  const folder = path.join(root, "bench");
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".js") && readFileSync(path.join(folder, file), "utf8").startsWith("// Bench:"))
    .map((file) => file.slice(0, -".js".length));
  if (name === undefined || !names.includes(name)) {
    throw new SetupError({
      code: "setup/unknown-bench",
      message: `expected the name of a bench (${names.join(", ")}), received ${name ?? "none"}.`,
      help: `for example: npm run bench -- ${names[0]} --json`,
    });
  }
  return launch(path.join(folder, `${name}.js`), args, { cwd: root });
}

/** Whether the console is served or tested: other verbs start without waiting for it. */
const needsConsole = (verb, args) => verb === "test" || (verb === "start" && withVerb(args)[0] === "serve");

async function main([verb, ...args]) {
  if (!Object.hasOwn(verbs, verb)) {
    throw new SetupError({
      code: "setup/unknown-verb",
      message: `expected one of ${Object.keys(verbs).join(", ")}, received ${verb ?? "none"}.`,
      help: "use npm start, npm test or npm run bench.",
    });
  }
  checkNodeVersion(process.version, readJson(path.join(root, "package.json")).engines.node);
  const report = (line) => process.stderr.write(`${line}\n`);
  await install(root, report);
  build(root, report);
  if (needsConsole(verb, args)) buildConsole(root, report);
  return verbs[verb](args);
}

const usageCodes = ["setup/unknown-verb", "setup/unknown-bench"];
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${errorText(error)}\n`);
  if (process.argv[2] === "test") process.stdout.write("0 passed, 1 failed\n");
  process.exitCode = usageCodes.includes(error.code) ? 2 : 3;
}
