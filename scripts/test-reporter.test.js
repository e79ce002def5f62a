import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { summaryLine } from "./test-reporter.js";
import { workspaceRoot } from "./workspace.js";

/** Runs a test file's source through node:test and the reporter, in a process of its own (node:test does not nest). */
function report(source) {
  const folder = mkdtempSync(path.join(tmpdir(), "fovea-reporter-"));
  try {
    const file = path.join(folder, "made-up.test.mjs");
    writeFileSync(
      file,
      `import { test, describe } from "node:test";\nimport assert from "node:assert/strict";\n${source}`,
    );
    const reporter = pathToFileURL(path.join(workspaceRoot, "scripts", "test-reporter.js"));
    const program = path.join(folder, "program.mjs");
    writeFileSync(
      program,
      `import { run } from "node:test";
      import { collectFile, fileText } from ${JSON.stringify(reporter)};
      const file = ${JSON.stringify(file)};
      const report = await collectFile(run({ files: [file], timeout: 2000 }), { file, name: "made-up" });
      console.log(JSON.stringify({ report, text: fileText(report) }));`,
    );
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const result = spawnSync(process.execPath, [program], { encoding: "utf8", env });
    assert.equal(result.status, 0, result.stderr);
    return JSON.parse(result.stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("counts passed tests, not their groups", () => {
  const { report: made } = report(`
    test("one", () => {});
    describe("group", () => { test("two", () => {}); test("three", () => {}); });`);
  assert.deepEqual([made.passed, made.failures.length, made.skips.length], [3, 0, 0]);
});

test("a failure is told by full name, message, cause and help; its group is not told again", () => {
  const { report: made, text } = report(`
    describe("group", () => {
      test("inner", () => { throw Object.assign(new Error("boom", { cause: new Error("why") }), { help: "do this" }); });
      test("diff", () => assert.deepEqual({ a: 1 }, { a: 2 }));
    });`);
  assert.deepEqual(
    made.failures.map(({ title }) => title),
    ["group > inner", "group > diff"],
  );
  assert.match(text, /^FAIL made-up \(0 passed, 2 failed, \d+ ms\)\n {2}failed: group > inner\n {4}Error: boom/);
  assert.match(text, /help: do this\n {4}caused by Error: why/);
  assert.match(text, /\+ {3}a: 1\n {4}- {3}a: 2/);
});

test("skipped tests carry their reason and are not passed", () => {
  const { report: made, text } = report(`
    test("always", { skip: "no data here" }, () => {});
    test("late", (t) => t.skip("found out late"));
    test("bare", { skip: true }, () => {});`);
  assert.deepEqual([made.passed, made.failures.length], [0, 0]);
  assert.deepEqual(
    made.skips.map(({ reason }) => reason),
    ["no data here", "found out late", "no reason given"],
  );
  assert.match(text, /skipped: always \(no data here\)/);
});

test("a file that crashes, errs after its tests, hangs, or has no test fails", () => {
  const crashed = report(`throw new Error("at import");`);
  assert.equal(crashed.report.failures.length, 1);
  assert.match(crashed.text, /Error: at import/);
  const late = report(`test("ok", () => { setTimeout(() => { throw new Error("late"); }, 20); });`);
  assert.equal(late.report.failures.length, 1);
  assert.match(late.text, /late/);
  const hanging = report(`test("ok", () => {}); test("hangs", () => new Promise(() => setInterval(() => {}, 1000)));`);
  assert.match(hanging.text, /failed: .*\n.*timed out/);
  assert.match(report(`console.log("nothing");`).text, /expected tests in this file, found none/);
});

test("a failing hook is a failure", () => {
  const { report: made } = report(`
    import { before } from "node:test";
    describe("group", () => { before(() => { throw new Error("hook"); }); test("a", () => {}); });`);
  assert.ok(made.failures.length > 0);
});

test("the last line", () => {
  assert.equal(summaryLine({ passed: 3, failed: 0, skipped: 0 }), "3 passed, 0 failed");
  assert.equal(summaryLine({ passed: 3, failed: 1, skipped: 2 }), "3 passed, 1 failed, 2 skipped");
});
