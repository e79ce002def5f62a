import { writeFile } from "node:fs/promises";
import { createClient, ResponseError } from "@foveajs/client";

const client = createClient({
  baseUrl: process.env.FOVEA_URL ?? "http://127.0.0.1:8700",
  key: process.env.FOVEA_KEY,
});

const picture = "examples/astronaut.jpg";
try {
  const { results } = await client.analyze(picture, { only: ["expression", "smile"] });
  for (const result of results) {
    if ("error" in result) console.log(`${result.file}: ${result.error.message}`);
    else for (const { box, expression } of result.faces) console.log(`x ${box.x}, y ${box.y}: ${expression?.label}`);
  }
  if (process.argv[2] !== undefined) await writeFile(process.argv[2], await client.overlay(picture));
} catch (thrown) {
  if (!(thrown instanceof ResponseError)) throw thrown;
  console.error(`${thrown.status} ${thrown.code}: ${thrown.message} ${thrown.help} (request ${thrown.requestId})`);
  process.exitCode = 1;
}
