// Writes docs/graph-reference.md from the declarations of packages/graph: node scripts/generate-reference.js
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { withSection, writeDocuments } from "./generated-section.js";
import { maskSource } from "./source-scan.js";
import { readJson, SetupError, workspaceRoot } from "./workspace.js";

const packageFolder = path.join(workspaceRoot, "packages", "graph");
const dist = path.join(packageFolder, "dist");

/** Folders of the package in the order of the reference, and what each is for. */
const purposes = {
  ir: "Graphs, nodes, shapes and tensors as immutable data.",
  ops: "The builder: a method for each operator, with shape inference.",
  format: "ONNX files in and out.",
  passes: "Graph in, graph out.",
  gradients: "Backward passes as graphs.",
  inspect: "What a graph is made of, what it costs, what of it can be trained.",
  layout: "The batch as the last axis.",
  lowering: "Operators of training written with those that a runtime has.",
  optimizers: "Update rules and schedules.",
  training: "The training step.",
  session: "Running graphs, in Node and in pages.",
};

const starts = /(?:^|\n)(?:export )?(?:declare )?(?:const|function|class|interface|type) (\w+)/g;

/** End of the declaration that starts at `from`: its semicolon or, of an interface or a class, its closing brace. */
function endOfDeclaration(masked, from) {
  const isBlock = /^(?:export )?(?:declare )?(?:interface|class) /.test(masked.slice(from));
  let depth = 0;
  for (let index = from; index < masked.length; index++) {
    const character = masked[index];
    if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character)) depth -= 1;
    else if (character === ";" && depth === 0) return index;
    if (isBlock && character === "}" && depth === 0) return index + 1;
  }
  return masked.length;
}

/** The sentences of a doc comment; lines that follow each other are one paragraph. */
const commentText = (comment) =>
  comment
    .replace(/^\/\*\*\s*|\s*\*\/$/g, "")
    .replace(/^\s*\* ?/gm, "")
    .replace(/(\S)\n(?=[^\s-])/g, "$1 ")
    .trim();

/** Declarations of the text of a .d.ts file by name: `{ signature, comment }`, the comment undefined where there is none. */
export function declarationsOf(text) {
  const masked = maskSource(text);
  const found = new Map();
  for (const match of masked.matchAll(starts)) {
    const from = match.index + (match[0].startsWith("\n") ? 1 : 0);
    const comment = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.exec(text.slice(0, from))?.[0].trim();
    const signature = text
      .slice(from, endOfDeclaration(masked, from))
      .replace(/^(?:export )?(?:declare )?/, "")
      .replace(/import\("[^"]+"\)\./g, "")
      .replace(/^( {4})+/gm, (indent) => " ".repeat(indent.length / 2));
    found.set(match[1], { signature, comment: comment && commentText(comment) });
  }
  return found;
}

/** Names that a text exports from or imports of modules beside it: `[{ name, from }]`. */
const namesBy = (keyword, text) =>
  [...text.matchAll(new RegExp(`^${keyword} (?:type )?\\{([^}]*)\\} from "([.#][^"]+)"`, "gm"))].flatMap(
    ([, list, from]) => [...list.matchAll(/(\w+)\s*(?:,|$)/g)].map(([, name]) => ({ name, from })),
  );

/** What a module of `dist` declares, and what its signatures may name: `{ word, name, from }`, `word` as they write it. */
function readModule(module) {
  const text = readFileSync(path.join(dist, `${module}.d.ts`), "utf8");
  const declarations = declarationsOf(text);
  const own = [...declarations.keys()].map((name) => ({ name, word: name, from: `./${path.basename(module)}.ts` }));
  const imported = namesBy("import", text).map((entry) => ({ ...entry, word: entry.name }));
  const spaces = new Map([...text.matchAll(/^import \* as (\w+) from "(\.[^"]+)"/gm)].map((match) => match.slice(1)));
  const through = [...text.matchAll(/\b(\w+)\.(\w+)/g)]
    .filter(([, space]) => spaces.has(space))
    .map(([word, space, name]) => ({ word, name, from: spaces.get(space) }));
  return { declarations, names: [...own, ...imported, ...through] };
}

/** All that the reference tells: exports, and what of the package their signatures name, so that the list grows while it is read. */
function referenceEntries() {
  const session = readJson(path.join(packageFolder, "package.json")).imports["#session"].types.replace("/dist/", "/");
  const resolve = (module, from) =>
    path.posix.join(path.posix.dirname(module), from === "#session" ? session : from).replace(/(\.d)?\.ts$/, "");
  const exported = namesBy("export", readFileSync(path.join(dist, "index.d.ts"), "utf8"));
  const entries = exported.map(({ name, from }) => ({ name, module: resolve("index", from), isExport: true }));
  const known = new Set(entries.map(({ name, module }) => `${module} ${name}`));
  for (const entry of entries) {
    const { declarations, names } = readModule(entry.module);
    const { signature, comment } = declarations.get(entry.name);
    const code = maskSource(signature).replace(/"[^"]*"/g, "");
    const words = new Set(code.match(/\b[A-Za-z_]\w*(?:\.\w+)?\b/g));
    Object.assign(entry, { comment, signature });
    for (const { word, name, from } of names) {
      if (!words.has(word)) continue;
      entry.signature = entry.signature.replaceAll(word, name);
      const module = resolve(entry.module, from);
      if (known.has(`${module} ${name}`)) continue;
      known.add(`${module} ${name}`);
      entries.push({ name, module, isExport: false });
    }
  }
  return entries;
}

/** The entries, each of which must have a comment. */
export function withComments(entries) {
  const bare = entries.filter(({ comment }) => !comment).map(({ name, module }) => `${name} (${module}.ts)`);
  if (bare.length === 0) return entries;
  throw new SetupError({
    code: "setup/no-comment",
    message: `expected a doc comment on all that the reference lists, received none on ${bare.join(", ")}.`,
    help: "write a sentence, then shapes, units, ranges and source, and build.",
  });
}

const entryText = ({ name, module, signature, comment, isExport }) => `### ${name}

${isExport ? "" : "*Not exported: signatures name it.* "}${comment}

\`\`\`typescript
${signature}
\`\`\`

[${module}.ts](../packages/graph/src/${module}.ts)`;

/** The generated part of docs/graph-reference.md. */
export function referenceText() {
  const entries = withComments(referenceEntries());
  const parts = Object.entries(purposes).flatMap(([folder, purpose]) => {
    const own = entries.filter(({ module }) => module.startsWith(`${folder}/`));
    return own.length === 0 ? [] : [`## ${folder}`, purpose, ...own.map(entryText)];
  });
  return parts.join("\n\n");
}

export const documents = [
  { file: "docs/graph-reference.md", make: (text) => withSection(text, "reference", referenceText()) },
];

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeDocuments(documents);
