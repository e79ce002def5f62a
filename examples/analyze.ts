import { readFile } from "node:fs/promises";
import { createFacePipeline, readImage } from "@foveajs/vision";

const open = async (name: string) => ({ name, bytes: await readFile(`models/${name}.onnx`) });

const pipeline = await createFacePipeline({
  detector: await open("face-detector"),
  reader: await open("face-reader"),
});
const image = await readImage(process.argv[2] ?? "examples/astronaut.jpg");
for (const { box, score, readings } of await pipeline.analyze(image)) {
  console.log(
    `x ${Math.round(box.x)}, y ${Math.round(box.y)}, score ${score.toFixed(2)}: ${readings.expression?.label}`,
  );
}
await pipeline.dispose();
