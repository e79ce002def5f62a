import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { checkStructure, offenceText, structure } from "./check-structure.js";
import { importsOf, maskSource } from "./source-scan.js";
import { packageFolders, workspaceRoot } from "./workspace.js";

const table = { low: { imports: [], folders: ["first", "second"] }, high: { imports: ["low"], folders: [] } };
const manifests = {
  "package.json": JSON.stringify({ workspaces: ["packages/low", "packages/high"], devDependencies: { checker: "1" } }),
  "packages/low/package.json": JSON.stringify({
    name: "@x/low",
    dependencies: { declared: "1" },
    imports: { "#runtime": { node: "./dist/second/node.js", default: "./dist/second/page.js" } },
  }),
  "packages/high/package.json": JSON.stringify({ name: "@x/high", dependencies: { "@x/low": "1" } }),
};

/** Offences of a made-up workspace as "file:line rule". */
function offences(context, files, rows = table) {
  const root = mkdtempSync(path.join(tmpdir(), "fovea-structure-"));
  context.after(() => rmSync(root, { recursive: true }));
  for (const [name, text] of Object.entries({ ...manifests, ...files })) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return checkStructure(root, rows).map(({ file, line, rule }) => `${file.replace("packages/", "")}:${line} ${rule}`);
}

test("a workspace in order has no offence", (context) => {
  const found = offences(context, {
    "packages/low/src/errors.ts": 'import { d } from "declared/deep";\nexport const e = d;\n',
    "packages/low/src/first/a.ts":
      'import fs from "node:fs";\nimport { e } from "../errors.ts";\nexport const a = [fs, e];\n',
    "packages/low/src/second/b.ts": 'import type { a } from "../first/a.ts";\nexport type B = typeof a;\n',
    "packages/low/src/second/b.test.ts": 'import "checker";\nimport "./cases.ts";\n',
    "packages/low/src/second/cases.ts": 'import "checker";\n',
    "packages/low/src/index.ts": 'export { a } from "./first/a.ts";\nexport type { B } from "./second/b.ts";\n',
    "packages/high/src/main.ts": 'import { a } from "@x/low";\na;\n',
  });
  assert.deepEqual(found, []);
});

test("folders and packages import one way, in tests and types too", (context) => {
  const found = offences(context, {
    "packages/low/src/second/b.ts": "export const b = 1;\n",
    "packages/low/src/second/node.ts": "export const n = 1;\n",
    "packages/low/src/first/a.ts": 'export const x = 1;\nimport {\n  b,\n} from "../second/b.ts";\nb;\n',
    "packages/low/src/first/a.test.ts": 'import type { b } from "../second/b.ts";\nlet y: typeof b;\n',
    "packages/low/src/first/c.ts": 'export const c = () => import("../second/b.ts");\n',
    "packages/low/src/first/d.ts": 'import { n } from "#runtime";\nn;\n',
    "packages/low/src/first/e.ts": 'import { high } from "@x/high";\nhigh;\n',
    "packages/low/src/first/f.ts": 'import { g } from "../index.ts";\ng;\n',
    "packages/low/src/index.ts": 'export { b } from "./second/b.ts";\n',
    "packages/high/src/outside.ts": 'import "../../low/src/index.ts";\n',
    "packages/low/src/third/y.ts": "export const y = 1;\n",
    "packages/low/src/third/z.ts": "export const z = 1;\n",
  });
  assert.deepEqual(found, [
    "high/src/outside.ts:1 outside-import",
    "low/src/first/a.test.ts:1 folder-order",
    "low/src/first/a.ts:4 folder-order",
    "low/src/first/c.ts:1 folder-order",
    "low/src/first/d.ts:1 folder-order",
    "low/src/first/d.ts:1 folder-order",
    "low/src/first/e.ts:1 package-order",
    "low/src/first/f.ts:1 index-import",
    "low/src/third/y.ts:1 unknown-folder",
  ]);
});

test("dependencies are declared; Node's own modules say so; test tools stay in tests", (context) => {
  const found = offences(context, {
    "packages/low/src/a.ts": 'import "fs";\nimport "undeclared/x";\nimport "checker";\nimport "@scope/name/deep";\n',
  });
  assert.deepEqual(found, [
    "low/src/a.ts:1 node-import",
    "low/src/a.ts:2 undeclared-import",
    "low/src/a.ts:3 undeclared-import",
    "low/src/a.ts:4 undeclared-import",
  ]);
});

test("long files, default exports, barrels and cycles are found", (context) => {
  const long = "export const x = 1;\n".repeat(401);
  const found = offences(context, {
    "packages/low/src/first/long.ts": long,
    "packages/low/src/first/just-fits.ts": long.slice(0, -"export const x = 1;\n".length),
    "packages/low/src/first/operator-table.ts": long,
    "scripts/long.js": long,
    "packages/low/src/first/d.ts": "const d = 1;\nexport default d;\n",
    "packages/low/src/first/d2.ts": "const d = 1;\nexport { d as default };\n",
    "packages/low/src/first/index.ts": "export const y = 1;\n",
    "packages/low/src/first/re.ts": 'export { d } from "./long.ts";\n',
    "packages/low/src/browser.ts": 'export { d } from "./first/d.ts";\n',
    "packages/low/src/first/star.ts": 'export * from "./long.ts";\n',
    "packages/low/src/second/p.ts": 'import { q } from "./q.ts";\nexport const p = q;\n',
    "packages/low/src/second/q.ts": 'import type { r } from "./r.ts";\nexport const q: typeof r = 1;\n',
    "packages/low/src/second/r.ts": 'import { p } from "./p.ts";\nexport const r = p;\n',
  });
  assert.deepEqual(found, [
    "low/src/first/d.ts:2 default-export",
    "low/src/first/d2.ts:2 default-export",
    "low/src/first/index.ts:1 barrel",
    "low/src/first/long.ts:401 file-length",
    "low/src/first/re.ts:1 barrel",
    "low/src/first/star.ts:1 barrel",
    "low/src/second/r.ts:1 import-cycle",
    "scripts/long.js:401 file-length",
  ]);
});

test("imports are read from code, not from comments, templates or regular expressions", () => {
  const source = [
    '// import { a } from "comment";',
    '/* import "block"; */ import b from "real";',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a source that holds a template
    'const code = `\nimport "template";\n${"`"} import "still" ${`import "nested"`}\n`;',
    "const pattern = /['\"`]\\/\\*/g; const ratio = a / b / c;",
    'export type { C } from "types";',
    'const lazy = await import("lazy"); type T = import("in-type").T;',
    'const text = "from \\"no\\""; const from = "plain";',
    'export const d = { from: "value" };',
  ].join("\n");
  assert.deepEqual(importsOf(maskSource(source)), [
    { specifier: "real", line: 2 },
    { specifier: "types", line: 8 },
    { specifier: "lazy", line: 9 },
    { specifier: "in-type", line: 9 },
  ]);
});

test("an offence names place, expected, received and help", () => {
  const offence = { file: "a.ts", line: 3, rule: "file-length", expected: "x", received: "y", help: "z." };
  assert.equal(offenceText(offence), "a.ts:3: error structure/file-length: expected x, received y.\n  help: z.");
});

test("what is bundled has rules of its own: its folders in order, packages of its build as dependencies", (context) => {
  const ownTable = { ...table, "low/app": { imports: [], folders: ["parts", "pages"] } };
  const files = {
    "packages/low/app/parts/a.ts": 'import { b } from "../pages/b.ts";\nb;\n',
    "packages/low/app/pages/b.ts": 'import "checker";\nexport const b = 1;\n',
    "packages/low/app/pages/c.ts": 'import "@x/high";\n',
    "packages/low/app/pages/long.svelte": "<p></p>\n".repeat(401),
    "packages/low/src/first/d.ts": 'import "../../app/pages/b.ts";\n',
  };
  assert.deepEqual(offences(context, files, ownTable), [
    "low/app/pages/b.ts:1 undeclared-import",
    "low/app/pages/c.ts:1 package-order",
    "low/app/pages/long.svelte:401 file-length",
    "low/app/parts/a.ts:1 folder-order",
    "low/src/first/d.ts:1 outside-import",
  ]);
});

test("the table has a row for each package of this workspace, and for what is bundled", () => {
  const names = packageFolders(workspaceRoot).flatMap((folder) => {
    const name = path.basename(folder);
    return existsSync(path.join(folder, "app")) ? [name, `${name}/app`] : [name];
  });
  assert.deepEqual(Object.keys(structure).sort(), names.sort());
});
