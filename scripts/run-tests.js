import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import path from "node:path";
import { run } from "node:test";
import { collectFile, fileText, summaryLine } from "./test-reporter.js";
import { listFiles, packageFolders, SetupError } from "./workspace.js";

const fileTimeoutMs = 300_000; // a hanging test must not hold the whole run

/** The two halves of `npm run lint`. */
const lints = [
  ["biome", ["node_modules/@biomejs/biome/bin/biome", "check", "."]],
  ["structure", ["scripts/check-structure.js"]],
];

/**
 * Test files of the workspace as absolute paths: compiled ones beside the code, `tests/`, `bench/` and `scripts/`.
 * `*.slow.test.js` only where `slow`; `patterns` keep the files whose path contains one of them.
 */
export function testFiles(root, { slow = false, patterns = [] } = {}) {
  const folders = [...packageFolders(root).map((folder) => path.join(folder, "dist"))];
  for (const name of ["tests", "bench", "scripts"]) folders.push(path.join(root, name));
  return folders
    .flatMap((folder) => listFiles(folder, { skip: ["node_modules", "fixtures"] }))
    .filter((file) => file.endsWith(".test.js") && (slow || !file.endsWith(".slow.test.js")))
    .filter((file) => {
      const name = path.relative(root, file).split(path.sep).join("/");
      return patterns.length === 0 || patterns.some((pattern) => name.includes(pattern));
    });
}

/** Whether the slow tests are asked for: by `FOVEA_SLOW=1`, and always on a build server (`CI=true`). */
export function wantsSlow(environment) {
  return environment.FOVEA_SLOW === "1" || environment.CI === "true";
}

/**
 * Lints, then runs all tests (or those whose path contains one of `patterns`) and prints the counts as the last line.
 * Resolves to the exit code: 1 where anything failed or no test ran.
 */
export async function runTests(root, patterns) {
  const options = patterns.filter((pattern) => pattern.startsWith("-"));
  if (options.length > 0) {
    throw new SetupError({
      code: "setup/unknown-option",
      message: `expected parts of test file paths, received ${options.join(" ")}.`,
      help: "for example: npm test -- packages/graph; FOVEA_SLOW=1 npm test runs the slow tests too.",
    });
  }
  const print = (text) => process.stdout.write(`${text}\n`);
  const lintFailures = patterns.length === 0 ? lints.filter((entry) => !runLint(root, entry, print)).length : 0;
  const files = testFiles(root, { slow: wantsSlow(process.env), patterns });
  const reports = await runFiles(root, files, print);
  const total = { passed: 0, failed: lintFailures, skipped: 0 };
  for (const report of reports) {
    total.passed += report.passed;
    total.failed += report.failures.length;
    total.skipped += report.skips.length;
  }
  if (reports.some(({ failures }) => failures.length > 0)) {
    print("\nFailed:");
    for (const { name, failures } of reports) for (const failure of failures) print(`  ${name}: ${failure.title}`);
  }
  if (total.passed + total.failed === 0) print("no test ran");
  print(summaryLine(total));
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
}

function runLint(root, [name, args], print) {
  const result = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  const passed = result.status === 0;
  print(`${passed ? "ok  " : "FAIL"} lint: ${name}`);
  if (!passed) print(`${result.stdout}${result.stderr}`.trimEnd());
  return passed;
}

/** Runs each file in a process of its own, a few at a time; prints a file's report when it ends. */
async function runFiles(root, files, print) {
  // Stack traces name the TypeScript source; the child processes inherit this.
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ""} --enable-source-maps`.trim();
  process.setMaxListeners(0); // each run listens for Ctrl-C
  const reports = [];
  const queue = [...files];
  const worker = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const name = path.relative(root, file);
      const report = await collectFile(run({ files: [file], concurrency: 1, timeout: fileTimeoutMs }), { file, name });
      print(fileText(report));
      reports.push(report);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, availableParallelism()) }, worker));
  return reports;
}
