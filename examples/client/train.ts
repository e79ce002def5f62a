import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "@foveajs/client";

// a folder of pictures for each class
const [folder, target = "model.onnx"] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: node examples/dist/client/train.js FOLDER [MODEL.onnx]");

const client = createClient({
  baseUrl: process.env.FOVEA_URL ?? "http://127.0.0.1:8700",
  key: process.env.FOVEA_KEY,
});

const { id } = await client.createDataset("my pictures");
for (const className of await readdir(folder)) {
  for (const file of await readdir(join(folder, className))) {
    await client.putPicture(id, className, join(folder, className, file));
  }
}

const job = await client.train({ pictures: id, minutes: Number(process.env.MINUTES ?? 1) });
for await (const { data } of client.trainEvents(job.id)) {
  if (data.type === "epoch") console.log(`epoch ${data.epoch} of ${data.epochs}: loss ${data.loss.toFixed(3)}`);
  if (data.type === "end") console.log(data.error === null ? data.state : data.error.message);
}
await writeFile(target, await client.jobModel(job.id));
await client.deleteDataset(id);
