// Writes docs/operators.md from the tables of packages/graph: node scripts/generate-operators.js
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { seededRandom } from "../packages/graph/dist/contract.test.support.js";
import { gradientCases } from "../packages/graph/dist/gradients/cases.test.support.js";
import { gradientRules, gradientStops } from "../packages/graph/dist/gradients/table.js";
import { layoutRules } from "../packages/graph/dist/layout/table.js";
import { loweringForms } from "../packages/graph/dist/lowering/table.js";
import { replacements } from "../packages/graph/dist/lowering/webgpu.js";
import { inferenceRules } from "../packages/graph/dist/ops/table.js";
import { markdownTable, withSection, writeDocuments } from "./generated-section.js";
import { workspaceRoot } from "./workspace.js";

/** What WebGPU made of the gradient cases: the saved output of packages/graph/src/on-webgpu.test.support.ts. */
const onWebgpu = JSON.parse(
  readFileSync(path.join(workspaceRoot, "packages/graph/fixtures/webgpu-operators.json"), "utf8"),
);

const byName = (a, b) => (a < b ? -1 : 1);

/** Whether an operator belongs to ONNX itself: those of other domains are written `domain.Name`. */
const isPublished = (name) => !name.includes(".");

/** "12 cases, 1 to 4 axes" of the shapes with which an operator's gradient is tested; empty where it has none. */
export function casesText(family) {
  if (family === undefined) return "";
  const cases = family(seededRandom(20260101)); // the seed of gradients.test.ts
  const ranks = cases.flatMap(({ inputs }) => inputs.map(({ shape }) => shape.length));
  const [low, high] = [Math.min(...ranks), Math.max(...ranks)];
  return `${cases.length} cases, ${low === high ? low : `${low} to ${high}`} axes`;
}

const tables = { inferenceRules, gradientRules, gradientStops, layoutRules, onWebgpu, gradientCases };

/** Operators that appear in any table. `rules` may be replaced in a test. */
export function operatorRows(rules = tables) {
  const names = new Set([
    ...Object.keys(rules.inferenceRules),
    ...Object.keys(rules.gradientRules),
    ...Object.keys(rules.layoutRules),
    ...rules.gradientStops,
  ]);
  const cellsOf = (name) => [
    `\`${name}\``,
    name in rules.inferenceRules ? "yes" : "no",
    name in rules.gradientRules ? "yes" : rules.gradientStops.has(name) ? "stops" : "no",
    name in rules.layoutRules ? "yes" : "no",
    rules.onWebgpu[name] ?? "",
    casesText(rules.gradientCases[name]),
  ];
  const sorted = [...names].sort(byName);
  return {
    published: sorted.filter(isPublished).map(cellsOf),
    own: sorted.filter((name) => !isPublished(name)).map(cellsOf),
  };
}

const head = ["operator", "shape", "gradient", "batch innermost", "on WebGPU", "gradient tested with"];

/** The generated part of docs/operators.md. */
export function operatorsText() {
  const { published, own } = operatorRows();
  const formRows = (table, domain) =>
    Object.entries(table)
      .sort(([a], [b]) => byName(a, b))
      .map(([name, list]) => [`\`${domain}${name}\``, list.map((form) => form.name).join(", ")]);
  return [
    "## Operators of ONNX",
    markdownTable(head, published),
    "## Operators of other domains",
    markdownTable(head, own),
    "## Forms of lowering",
    "In the order in which they are tried.",
    markdownTable(["operator", "forms"], formRows(loweringForms, "fovea.")),
    "## Operators of ONNX written anew for WebGPU",
    "Which it lacks, or computes wrongly for some shapes.",
    markdownTable(["operator", "forms"], formRows(replacements, "")),
  ].join("\n\n");
}

export const documents = [
  { file: "docs/operators.md", make: (text) => withSection(text, "operators", operatorsText()) },
];

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeDocuments(documents);
