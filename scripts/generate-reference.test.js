import assert from "node:assert/strict";
import { test } from "node:test";
import * as graph from "@foveajs/graph";
import { declarationsOf, documents, withComments } from "./generate-reference.js";
import { compareDocument } from "./generated-section.js";

test("docs/graph-reference.md tells what the declarations of packages/graph tell", async () => {
  const { present, wanted } = await compareDocument(documents[0]);
  assert.equal(present, wanted, "docs/graph-reference.md is out of date: run node scripts/generate-reference.js");
});

test("every value that the package exports has an entry, and so has every method of its builder", async () => {
  const { wanted } = await compareDocument(documents[0]);
  const headings = new Set([...wanted.matchAll(/^### (.*)$/gm)].map(([, name]) => name));
  assert.deepEqual(
    Object.keys(graph).filter((name) => !headings.has(name)),
    [],
  );
  const methods = Object.getOwnPropertyNames(graph.createBuilder());
  assert.ok(methods.length > 80);
  for (const name of methods) assert.match(wanted, new RegExp(`^(### |  )${name}\\b`, "m"));
});

test("a declaration is read whole, with its comment", () => {
  const text = `import type { Graph } from "./types.ts";
/** Of another declaration. */
declare const inner = "a; b";
/**
 * First line
 * and the second: { N: 1 }.
 */
export declare const made: ({ axis }?: {
    axis?: number;
}) => import("./types.ts").Graph;
export interface Bare {
    /** Of a field; not of Bare. */
    readonly shape: readonly number[];
}
export type Kind = {
    readonly type: "int";
} | {
    readonly type: ";";
};
`;
  const found = declarationsOf(text);
  assert.deepEqual([...found.keys()], ["inner", "made", "Bare", "Kind"]);
  assert.deepEqual(found.get("made"), {
    signature: "const made: ({ axis }?: {\n  axis?: number;\n}) => Graph",
    comment: "First line and the second: { N: 1 }.",
  });
  assert.equal(found.get("Bare").comment, undefined);
  assert.match(found.get("Bare").signature, /^interface Bare \{\n {2}\/\*\* Of a field; not of Bare\. \*\/\n.*\n\}$/);
  assert.match(found.get("Kind").signature, /";";\n\}$/);
});

test("what has no doc comment is refused by name", () => {
  const entry = { name: "made", module: "ops/made", comment: undefined };
  assert.throws(() => withComments([entry]), { code: "setup/no-comment", message: /made \(ops\/made\.ts\)/ });
});
