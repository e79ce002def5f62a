// Looks for faces where there are none in the training pictures of a recipe for a face detector, and writes what was found as the
// list that data.false_finds of the next recipe names:
// node scripts/mine-false-finds.js --recipe recipes/face-detector/recipe.yaml --model models/face-detector.onnx --data ../shared/data --out FILE
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { createFacePipeline, mineFalseFinds, openDataSet, overlapOf, readRecipe } from "@foveajs/vision";
import { createYunet } from "../bench/yunet.js";

/** Where YuNet sees a face with this score too, people often left out one that is blurred or far: such finds are not listed. */
const WITNESS_SCORE = 0.15;
const WITNESS_IOU = 0.2;

const { values } = parseArgs({
  options: {
    recipe: { type: "string", default: "recipes/face-detector/recipe.yaml" },
    model: { type: "string", default: "models/face-detector.onnx" },
    data: { type: "string", default: "../shared/data" },
    out: { type: "string" },
    score: { type: "string", default: "0.25" },
    witness: { type: "string", default: "../shared/models/yunet/yunet_n_dynamic.onnx" },
    threads: { type: "string", default: "1" },
  },
});
if (values.out === undefined) throw new Error("expected --out FILE, where the list is written; received none.");

const { recipe } = await readRecipe(values.recipe);
const bytes = await readFile(values.model);
const leastScore = Number(values.score);
const pipeline = await createFacePipeline({ detector: { name: "detector", bytes }, threads: Number(values.threads) });
const witness = await createYunet(await readFile(values.witness), { threads: Number(values.threads) });
const detect = async (image) => {
  const finds = await pipeline.analyze(image, { threshold: leastScore });
  if (finds.length === 0) return finds;
  const seen = await witness.detect(image, { threshold: WITNESS_SCORE });
  return finds.filter(({ box }) => seen.every((other) => overlapOf(box, other.box) < WITNESS_IOU));
};
const sets = [
  // where only a machine has boxed faces, a find beside them is often a face
  { ...recipe.data.photographs, options: { ...recipe.data.photographs.options, pictures: ["human", "negative"] } },
  ...recipe.data.backgrounds,
];
const finds = {};
for (const [index, set] of sets.entries()) {
  const dataset = await openDataSet(set, [values.data]);
  finds[set.folder] = await mineFalseFinds(dataset, { detect, unlabelledAreEmpty: index > 0 });
  const count = Object.values(finds[set.folder]).flat().length;
  process.stderr.write(`${set.folder}: ${count} false finds in ${Object.keys(finds[set.folder]).length} pictures\n`);
}
await Promise.all([pipeline.dispose(), witness.dispose()]);

const detector = createHash("sha256").update(bytes).digest("hex");
// one picture a line: short, and changes are read line by line
const lines = Object.entries(finds).map(([folder, pictures]) => {
  const rows = Object.entries(pictures).map(([id, boxes]) => `      ${JSON.stringify(id)}: ${JSON.stringify(boxes)}`);
  return `    ${JSON.stringify(folder)}: {\n${rows.join(",\n")}\n    }`;
});
await writeFile(
  values.out,
  `{\n  "detector": "${detector}",\n  "least_score": ${leastScore},\n  "finds": {\n${lines.join(",\n")}\n  }\n}\n`,
);
