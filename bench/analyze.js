// Bench: one photograph through the face pipeline, each stage's time, decoding included.
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { createFacePipeline, decode } from "@foveajs/vision";
import { environment, median, peakMegabytes, tableText } from "./harness.js";

const usage = `usage: npm run bench -- analyze [PHOTO ...] [--threads 1] [--rounds 20] [--json]

Times are medians after three warm-up rounds. To hold everything to one core: taskset -c 0 npm run bench -- analyze PHOTO`;

const WARMUP = 3;

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      threads: { type: "string", default: "1" },
      rounds: { type: "string", default: "20" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return process.stdout.write(`${usage}\n`);
  const model = async (name) => ({ name, bytes: await readFile(`models/${name}.onnx`) });
  const models = { detector: await model("face-detector"), expression: await model("expression") };
  const threads = Number(values.threads);
  const finder = await createFacePipeline({ detector: models.detector, threads });
  const whole = await createFacePipeline({ ...models, threads });
  const rows = [];
  for (const path of positionals.length > 0 ? positionals : ["examples/astronaut.jpg"]) {
    rows.push(await measure(path, { finder, whole, rounds: Number(values.rounds) }));
  }
  await Promise.all([finder.dispose(), whole.dispose()]);
  if (values.json)
    for (const row of rows)
      process.stdout.write(`${JSON.stringify({ bench: "analyze", threads, ...row, ...environment() })}\n`);
  else print(rows, threads);
}

async function measure(path, { finder, whole, rounds }) {
  const bytes = await readFile(path);
  const times = { decode: [], detect: [], analyze: [], total: [] };
  let image;
  let faces;
  const timed = async (name, action) => {
    const start = performance.now();
    const result = await action();
    times[name].push(performance.now() - start);
    return result;
  };
  for (let round = 0; round < rounds + WARMUP; round++) {
    if (round === WARMUP) for (const list of Object.values(times)) list.length = 0;
    await timed("detect", () =>
      finder.analyze(image ?? { width: 8, height: 8, order: "rgb", data: new Uint8Array(192) }),
    );
    await timed("total", async () => {
      image = await timed("decode", () => decode(bytes));
      faces = await timed("analyze", () => whole.analyze(image));
    });
  }
  const medians = Object.fromEntries(Object.entries(times).map(([name, list]) => [`${name}_ms`, median(list)]));
  return {
    photo: path,
    megapixels: (image.width * image.height) / 1e6,
    faces: faces.length,
    ...medians,
    peak_mb: peakMegabytes(),
  };
}

function print(rows, threads) {
  const columns = [
    ["photo", "photo"],
    ["megapixels", "megapixels"],
    ["faces", "faces"],
    ["decode_ms", "decode ms"],
    ["detect_ms", "detect ms"],
    ["analyze_ms", "detect and read ms"],
    ["total_ms", "total ms"],
    ["peak_mb", "peak MB"],
  ];
  process.stdout.write(`${threads} thread${threads === 1 ? "" : "s"}; medians\n${tableText(rows, columns)}\n`);
}

await main();
