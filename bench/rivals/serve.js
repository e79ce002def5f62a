// A contestant in a process of its own: a line of JSON in, a line of JSON out.
import { createInterface } from "node:readline";

/** Answers { command: "analyze", width, height, data (base64 RGB), repeats } by `read(image)`, which resolves to what it told. */
export async function serve({ version, read }) {
  const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
  answer({ version });
  for await (const line of createInterface({ input: process.stdin })) {
    const { width, height, data, repeats } = JSON.parse(line);
    const image = { width, height, data: new Uint8Array(Buffer.from(data, "base64")) };
    const times = [];
    let told;
    for (let round = 0; round < repeats; round += 1) {
      const start = performance.now();
      told = await read(image);
      times.push(performance.now() - start);
    }
    answer({ times, told, peak_mb: process.resourceUsage().maxRSS / 1000 });
  }
}
