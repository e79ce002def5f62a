import assert from "node:assert/strict";
import { builtinModules } from "node:module";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import * as page from "./browser.ts";
import * as node from "./index.ts";
import { bundling } from "./page.test.support.ts";

/** What a bundler makes of the package by its name, with the conditions of a page. */
const bundle = async (conditions: string[]) =>
  build({
    ...bundling,
    conditions,
    stdin: {
      contents: 'import * as vision from "@foveajs/vision";\nglobalThis.vision = vision;',
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    outdir: "unused",
    metafile: true,
    write: false,
    logLevel: "silent",
  });

test("a page's bundle reaches no module of Node, no reader of folders and no native code", async () => {
  const { metafile } = await bundle([...bundling.conditions]);
  const inputs = Object.entries(metafile.inputs);
  const builtins = new Set([...builtinModules, ...builtinModules.map((name) => `node:${name}`)]);
  const reached = inputs.flatMap(([file, { imports }]) =>
    imports.filter(({ path }) => builtins.has(path)).map(({ path }) => `${file} -> ${path}`),
  );
  assert.deepEqual(reached, []);
  const files = inputs.map(([file]) => file);
  const halves = [
    "host/browser.js",
    "training/browser-run.js",
    "training/browser-loader.js",
    "training/browser-data-sets.js",
  ];
  for (const half of [...halves, "image/codecs/browser.js", "browser.js"])
    assert.ok(
      files.some((file) => file.endsWith(`vision/dist/${half}`)),
      `${half} is not in the bundle`,
    );
  for (const absent of [
    "data/readers/",
    "host/node.js",
    "training/loader.js",
    "onnxruntime-node",
    "parse-xml",
    "csv-parse",
    "node_modules/sharp",
  ])
    assert.ok(!files.some((file) => file.includes(absent)), `${absent} is in the bundle`);
});

test("what both entries export is the same, but for what only Node has, each named here", () => {
  const onlyInNode = Object.keys(node).filter((name) => !(name in page));
  const help = "name a new export in browser.ts too, or below where it needs Node";
  assert.deepEqual(onlyInNode.sort(), nodeOnly.toSorted(), help);
  for (const [name, value] of Object.entries(page)) {
    // the compiled test runs in Node, where both entries take the same halves
    assert.equal((node as Readonly<Record<string, unknown>>)[name], value, name);
  }
});

/** All that reads folders, or computes in threads of Node. */
const nodeOnly = [
  "createLoader",
  "decodeThrough",
  "findRate",
  "fingerprintPictures",
  "inputsOf",
  "measureModel",
  "openDataSet",
  "openDataset",
  "openModelSet",
  "openRecipeSet",
  "ownLayouts",
  "parseAxis",
  "partsOf",
  "pointName",
  "readGrid",
  "readImage",
  "readerOf",
  "readers",
  "recipePictures",
  "recipePoints",
  "train",
  "trainOwn",
  "varyRecipe",
  "withFilesBeside",
  "writeWhole",
];
