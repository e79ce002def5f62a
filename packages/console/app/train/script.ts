/** What the downloaded files are called. */
export const scriptFile = (model: string): string => `${model}.ts`;
export const modelFile = (model: string): string => `${model}.onnx`;

/** How the script is run, line by line. */
export const commandsFor = (model: string): readonly string[] => [
  "npm install @foveajs/vision",
  `npx tsx ${scriptFile(model)} photo.jpg`,
];

/** A string of TypeScript, on one line whatever is in it. */
const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");

/** A complete script that tells pictures apart with the model beside it. Types in it can be stripped: nothing else is TypeScript. */
export const scriptFor = ({ name, labels }: { readonly name: string; readonly labels: readonly string[] }): string => `\
// Tells pictures apart with ${modelFile(name)}, which lies beside this file.
//
//   ${commandsFor(name).join("\n//   ")}
//
// Node 22.18 and newer run it as it stands: node ${scriptFile(name)} photo.jpg
import { readFile } from "node:fs/promises";
import { imageOf, loadModel, probabilitiesOf } from "@foveajs/vision";

const labels = [${labels.map(quoted).join(", ")}] as const;
type Label = (typeof labels)[number];

const model = await loadModel(await readFile(new URL("./${modelFile(name)}", import.meta.url)), { name: "${name}" });
const [task] = model.card.tasks;
if (task?.kind !== "classification") throw new Error("this is not the model that the script was made for");

/** How likely a picture (JPEG, PNG, WebP, AVIF) shows each class; sums to 1. */
const classify = async (file: string): Promise<Record<Label, number>> => {
  const image = await imageOf(await readFile(file), { name: file });
  const { outputs } = await model.run([image]);
  const probabilities = probabilitiesOf(outputs[task.name]!.data as Float32Array, task);
  return Object.fromEntries(labels.map((label, index) => [label, probabilities[index]])) as Record<Label, number>;
};

for (const file of process.argv.slice(2)) console.log(JSON.stringify({ file, ...(await classify(file)) }));

await model.dispose();
`;
