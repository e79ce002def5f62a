import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { operations } from "@foveajs/operations";
import { serverOperations } from "@foveajs/server/verbs";
import { withVerb } from "./launch.js";
import { listFiles, packageFolders, readJson, workspaceRoot as root } from "./workspace.js";

const ownDocuments = [
  path.join(root, "README.md"),
  path.join(root, "examples", "README.md"),
  ...packageFolders(root)
    .map((folder) => path.join(folder, "README.md"))
    .filter(existsSync),
  ...listFiles(path.join(root, "docs")),
]
  .filter((file) => file.endsWith(".md"))
  .map((file) => ({ name: path.relative(root, file), folder: path.dirname(file), text: readFileSync(file, "utf8") }));

const hasModels = listFiles(path.join(root, "models")).some((file) => file.endsWith(".onnx"));

/** Code is no link: `tasks[](kind)`. */
const withoutCode = (text) => text.replace(/```[\s\S]*?```|`[^`\n]*`/g, "");

test("links and pictures lead to files", () => {
  for (const { name, folder, text } of ownDocuments) {
    for (const [, target] of withoutCode(text).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
      const isMadeByProduct = target.endsWith(".overlay.jpg");
      if (isMadeByProduct && !hasModels) continue; // drawn by the models once they are here
      assert.ok(existsSync(path.join(folder, target)), `${name}: ${target} is no file`);
    }
  }
});

/** Options of every verb as typed: camelCase fields are --kebab-case. */
const flagsOf = ({ input }) =>
  Object.keys(input.shape).map((field) => field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
const everywhere = ["json", "debug", "help", "version"];

test("commands name verbs, options, scripts and files that exist", () => {
  const { scripts } = readJson(path.join(root, "package.json"));
  const commands = ownDocuments.flatMap(({ name, text }) =>
    [...text.matchAll(/(?:npm start(?: --silent)? -- |npm run |node (?=\S+\.js))([^`\n]+)/g)].map(([whole, rest]) => ({
      name,
      whole,
      words: whole.startsWith("npm start") ? withVerb(rest.trim().split(/\s+/)) : rest.trim().split(/\s+/),
    })),
  );
  assert.ok(commands.length > 10);
  for (const { name, whole, words } of commands) {
    const where = `${name}: ${whole}`;
    if (whole.startsWith("node ")) {
      if (words[0] !== "examples/dist/fit.js") assert.ok(existsSync(path.join(root, words[0])), where);
    } else if (whole.startsWith("npm run ")) {
      assert.ok(words[0] in scripts, where);
      if (words[0] === "bench") assert.ok(existsSync(path.join(root, "bench", `${words[2]}.js`)), where);
    } else if (words[0] !== "VERB" && words[0] !== "--help") {
      const verb = [...operations, ...serverOperations]
        .toSorted((a, b) => b.name.length - a.name.length)
        .find((operation) => `${words.join(" ")} `.startsWith(`${operation.name} `));
      assert.ok(verb, where);
      const known = [...flagsOf(verb), ...everywhere];
      const flags = words.filter((word) => word.startsWith("--"));
      for (const flag of flags) assert.ok(known.includes(flag.slice(2)), `${where}: ${flag}`);
    }
  }
});

test("TypeScript in documents is that of a compiled example, word for word", () => {
  const examples = listFiles(path.join(root, "examples"), { skip: ["dist"] })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(file, "utf8"));
  for (const { name, text } of ownDocuments) {
    for (const [, snippet] of text.matchAll(/```ts\n([\s\S]*?)```/g)) {
      assert.ok(examples.includes(snippet), `${name}: a snippet is no file of examples/:\n${snippet}`);
    }
  }
});
