// Bench: photographs through the face pipeline, each stage's time, beside other libraries of the field on the same pixels.
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { createNodeContext, operations, runOperation } from "@foveajs/operations";
import { createFacePipeline, decode } from "@foveajs/vision";
import { environment, median, peakMegabytes, tableText } from "./harness.js";
import { installRivals, rivals, startRival } from "./rivals/rivals.js";

const usage = `usage: npm run bench -- analyze [PHOTO ...] [--threads 1] [--max-side N] [--no-eyes] [--rounds 10] [--alone] [--json]
       npm run bench -- analyze --folder DIR [--threads N] [--json]

Times are medians after three warm-up rounds; to read (cut out the faces and read them) is what the whole takes longer than to
detect in the same round. @vladmandic/human and @vladmandic/face-api (wasm backend) read the same
decoded pixels in processes of their own, in turn with ours, and are installed into bench/rivals on first use; --alone
leaves them out. Ratios are theirs over ours, without decoding. human searches faces at 256 pixels and face-api at 416, ours as its card says
(640) unless --max-side says otherwise; --no-eyes leaves out whether each eye is open, which neither of the others tells.

--folder DIR: instead, all pictures of a folder through the verb \`analyze\`, once and with all that it starts, on all cores unless
--threads says otherwise: pictures a second, processor time of each, peak memory.
To hold everything to one core: taskset -c 0 npm run bench -- analyze PHOTO`;

const WARMUP = 3;

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      threads: { type: "string" },
      "max-side": { type: "string" },
      folder: { type: "string" },
      eyes: { type: "boolean", default: true },
      rounds: { type: "string", default: "10" },
      alone: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return process.stdout.write(`${usage}\n`);
  if (values.folder !== undefined) return measureFolder(values.folder, values);
  const threads = Number(values.threads ?? 1);
  const rounds = Number(values.rounds);
  const asked = {
    eyes: values.eyes,
    ...(values["max-side"] === undefined ? {} : { maxSide: Number(values["max-side"]) }),
  };
  const fovea = await openFovea(threads);
  if (!values.alone) installRivals();
  const others = values.alone ? [] : await Promise.all(rivals.map(startRival));
  const rows = [];
  try {
    for (const path of positionals.length > 0 ? positionals : ["examples/astronaut.jpg"])
      rows.push(...(await measure(path, fovea, others, { rounds, asked })));
  } finally {
    await fovea.dispose();
    for (const other of others) other.dispose();
  }
  if (values.json)
    for (const row of rows)
      process.stdout.write(`${JSON.stringify({ bench: "analyze", threads, ...asked, ...row, ...environment() })}\n`);
  else print(rows, threads);
}

/** Our pipeline, and its first half alone. */
async function openFovea(threads) {
  const model = async (name) => ({ name, bytes: await readFile(`models/${name}.onnx`) });
  const models = { detector: await model("face-detector"), reader: await model("face-reader") };
  const finder = await createFacePipeline({ detector: models.detector, threads });
  const whole = await createFacePipeline({ ...models, threads });
  return { finder, whole, dispose: () => Promise.all([finder.dispose(), whole.dispose()]) };
}

/** One photo: a row for us and one for each of the others, whose turns come in every round. */
async function measure(path, { finder, whole }, others, { rounds, asked }) {
  const bytes = await readFile(path);
  const image = await decode(bytes);
  const times = { decode: [], detect: [], analyze: [], read: [] };
  const theirs = new Map(others.map((other) => [other, { times: [], answer: undefined }]));
  const timed = async (name, action) => {
    const start = performance.now();
    const result = await action();
    times[name].push(performance.now() - start);
    return result;
  };
  let faces = [];
  for (let round = 0; round < rounds + WARMUP; round++) {
    if (round === WARMUP)
      for (const list of [...Object.values(times), ...[...theirs.values()].map((one) => one.times)]) list.length = 0;
    await timed("decode", () => decode(bytes));
    await timed("detect", () => finder.analyze(image, asked));
    faces = await timed("analyze", () => whole.analyze(image, asked));
    times.read.push(times.analyze.at(-1) - times.detect.at(-1));
    for (const [other, one] of theirs) {
      one.answer = await other.analyze(image, 1);
      one.times.push(...one.answer.times);
    }
  }
  const photo = { photo: path, megapixels: (image.width * image.height) / 1e6 };
  const analyze = median(times.analyze);
  const ours = {
    ...photo,
    engine: "fovea",
    faces: faces.length,
    points: faces[0]?.landmarks?.length ?? 0,
    decode_ms: median(times.decode),
    detect_ms: median(times.detect),
    read_ms: median(times.read),
    analyze_ms: analyze,
    total_ms: median(times.decode) + analyze,
    peak_mb: peakMegabytes(),
  };
  return [
    ours,
    ...[...theirs].map(([{ name, version }, { times: list, answer }]) => ({
      ...photo,
      engine: `${name} ${version}`,
      ...answer.told,
      analyze_ms: median(list),
      ratio: median(list.map((time, index) => time / times.analyze[index])),
      peak_mb: answer.peak_mb,
    })),
  ];
}

/** The verb on a folder, as the terminal runs it; pictures that cannot be read are counted apart. */
async function measureFolder(folder, { threads, json }) {
  const context = createNodeContext({ signal: new AbortController().signal, progress: () => {} });
  const verb = operations.find(({ name }) => name === "analyze");
  const input = { files: [folder], ...(threads === undefined ? {} : { threads: Number(threads) }) };
  const row = { folder, photos: 0, failed: 0, faces: 0, megapixels: 0 };
  const start = performance.now();
  const cpuStart = process.cpuUsage();
  for await (const result of runOperation(verb, input, context)) {
    if ("error" in result) {
      row.failed++;
      continue;
    }
    row.photos++;
    row.faces += result.faces.length;
    row.megapixels += (result.width * result.height) / 1e6;
  }
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpuStart);
  row.photos_a_second = row.photos / seconds;
  row.cpu_ms = (user + system) / 1000 / row.photos;
  row.peak_mb = peakMegabytes();
  if (json) process.stdout.write(`${JSON.stringify({ bench: "analyze-folder", ...row, ...environment() })}\n`);
  else {
    const columns = [
      ["folder", "folder"],
      ["photos", "photos"],
      ["failed", "failed"],
      ["faces", "faces"],
      ["megapixels", "megapixels in all"],
      ["photos_a_second", "photos a second"],
      ["cpu_ms", "processor ms a photo"],
      ["peak_mb", "peak MB"],
    ];
    process.stdout.write(`${tableText([row], columns)}\n`);
  }
}

function print(rows, threads) {
  const columns = [
    ["photo", "photo"],
    ["megapixels", "megapixels"],
    ["engine", "engine"],
    ["faces", "faces"],
    ["points", "points"],
    ["decode_ms", "decode ms"],
    ["detect_ms", "detect ms"],
    ["read_ms", "read ms"],
    ["analyze_ms", "detect and read ms"],
    ["total_ms", "total ms"],
    ["ratio", "theirs / ours"],
    ["peak_mb", "peak MB"],
  ];
  process.stdout.write(`${threads} thread${threads === 1 ? "" : "s"}; medians\n${tableText(rows, columns)}\n`);
}

await main();
