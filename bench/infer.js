// Bench: inference of a trained network (works.js), our exported file against the same network exported by PyTorch, both in our session.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { createSession, float32, foldNormalization, readOnnx, withWeights, writeOnnx } from "@foveajs/graph";
import { readCounts, runBench } from "./cli.js";
import { asComputed, largestDifference } from "./engines/agreement.js";
import { createFovea, inferenceGraph } from "./engines/fovea.js";
import { createTorch, openTorch } from "./engines/start.js";
import { environment, interleave, jsonLine, measureHere, summarize, tableText } from "./harness.js";
import { drawBatch } from "./network.js";
import { findTorchPython } from "./torch.js";
import { works } from "./works.js";

const usage = `usage: npm run bench -- infer [--work A] [--threads 2] [--rounds 15] [--repeats 5] [--steps 3] [--json]

Trains a work for some steps, writes it as .onnx with its normalisations folded, has PyTorch write the same weights, and runs both files at
batch 1 and 64 in turn. Differences are the largest of all logits, relative to the largest logit: between the files, and between our file
and the forward pass of the training step. One above 1e-5 fails the bench.`;

const BATCHES = [1, 64];
const TOLERANCE = 1e-5;
const OPSET_OF_TORCH = 13; // what PyTorch 1.13 writes best

/** Trains, then takes logits of the batch and the statistics that made them: both are those of one forward pass. */
async function train(work, { threads, steps }) {
  const batch = Math.max(...BATCHES);
  const fovea = await createFovea({ work, batch, threads, statisticsMomentum: 1 });
  try {
    for (let step = 0; step < steps; step++) await fovea.step();
    const logits = await fovea.logits();
    return { logits, state: asComputed(work, await fovea.read(), batch), modelSlots: fovea.modelSlots };
  } finally {
    await fovea.dispose();
  }
}

/** The file that PyTorch writes of the same weights and statistics; undefined where there is no PyTorch. */
async function exportByTorch(work, state, { threads }) {
  const python = findTorchPython();
  if (python === undefined) return undefined;
  const folder = mkdtempSync(path.join(tmpdir(), "fovea-bench-"));
  const server = openTorch(python);
  try {
    const weights = new Map(work.network.parameters.map(({ name }) => [name, state.get(`parameter/${name}`)]));
    await createTorch(server, { work, batch: 2, threads, layout: "contiguous", weights });
    const normalizations = work.network.layers.filter(({ layer }) => layer === "batchNormalization");
    const statistics = Object.fromEntries(
      normalizations.map(({ statistics: name }) => [
        name,
        ["mean", "variance"].map((kind) => Array.from(state.get(`statistic/${name}.${kind}`))),
      ]),
    );
    const file = path.join(folder, "network.onnx");
    await server.call({ command: "export", path: file, statistics, opset: OPSET_OF_TORCH });
    return readFileSync(file);
  } finally {
    server.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main({ work: name, threads, rounds, repeats, steps, json }) {
  const work = works[name];
  const { logits, state, modelSlots } = await train(work, { threads, steps });
  const files = new Map([
    ["fovea", writeOnnx(foldNormalization(withWeights(inferenceGraph(work), state, modelSlots)))],
  ]);
  const theirs = await exportByTorch(work, state, { threads });
  if (theirs) files.set("pytorch", theirs);
  else process.stderr.write("pytorch left out: no Python with PyTorch found; FOVEA_PYTHON names one\n");
  const sessions = new Map();
  try {
    for (const [engine, bytes] of files) sessions.set(engine, await createSession(bytes, { threads }));
    const outputs = await outputsOf(work, sessions);
    const differences = {
      difference_from_training: largestDifference(outputs.get("fovea"), logits),
      ...(theirs && { difference_from_pytorch: largestDifference(outputs.get("fovea"), outputs.get("pytorch")) }),
    };
    const about = { threads, repeats, ...environment() };
    for (const batch of BATCHES) {
      const { rows, ratios } = await measure(work, { sessions, files, batch, rounds, repeats });
      const print = json ? jsonLines : readable;
      process.stdout.write(`${print({ work: name, batch, rows, ratios, differences, about })}\n`);
    }
    if (Object.values(differences).some((difference) => !(difference <= TOLERANCE)))
      throw new Error(`expected differences of at most ${TOLERANCE}, received ${JSON.stringify(differences)}.`);
  } finally {
    for (const session of sessions.values()) await session.dispose();
  }
}

const picturesOf = (work, batch) =>
  float32([batch, work.channels, work.size, work.size], drawBatch(work, batch).images);

/** Logits of the batch that was trained on. */
async function outputsOf(work, sessions) {
  const image = picturesOf(work, Math.max(...BATCHES));
  const outputs = new Map();
  for (const [engine, session] of sessions) outputs.set(engine, (await session.run({ image })).logits.data);
  return outputs;
}

async function measure(work, { sessions, files, batch, rounds, repeats }) {
  const image = picturesOf(work, batch);
  const contestants = [...sessions].map(([engine, session]) => ({
    name: engine,
    measure: measureHere(() => session.run({ image })),
  }));
  const summary = summarize(await interleave(contestants, { rounds, repeats }), "fovea");
  const rows = summary.map(({ name, wallMs, cpuMs }) => ({
    engine: name,
    batch,
    images_per_second: (batch * 1000) / wallMs,
    milliseconds: wallMs,
    cpu_milliseconds: cpuMs,
    file_mb: files.get(name).byteLength / 1e6,
    nodes: readOnnx(files.get(name)).nodes.length,
  }));
  const others = summary.filter(({ name }) => name !== "fovea");
  const by = (key) => Object.fromEntries(others.map((row) => [row.name, row[key]]));
  return { rows, ratios: { ratios: by("speedup"), ratios_of_cpu_time: by("cpuSpeedup") } };
}

function jsonLines({ work, batch, rows, ratios, differences, about }) {
  const lines = [...rows, { batch, ...ratios, ...differences }];
  return lines.map((line) => jsonLine({ bench: "infer", work, ...line, ...about })).join("\n");
}

function readable({ work, batch, rows, ratios: { ratios, ratios_of_cpu_time }, differences, about }) {
  const title = `Work ${work}, batch ${batch}, ${about.threads} threads, ${about.cpu}, load ${about.load}`;
  const columns = [
    ["engine", "file of"],
    ["images_per_second", "images/s"],
    ["milliseconds", "ms"],
    ["cpu_milliseconds", "CPU ms"],
    ["ratio", "fovea's is faster by"],
    ["cpu_ratio", "in CPU time"],
    ["file_mb", "MB"],
    ["nodes", "nodes"],
  ];
  const all = rows.map((row) => ({ ...row, ratio: ratios[row.engine], cpu_ratio: ratios_of_cpu_time[row.engine] }));
  const sayings = Object.entries(differences).map(
    ([key, value]) => `${key.replaceAll("_", " ")}: ${value.toExponential(1)}`,
  );
  return [title, tableText(all, columns), ...sayings, ""].join("\n");
}

function readFlags(args) {
  const text = (fallback) => ({ type: "string", default: fallback });
  const flag = { type: "boolean", default: false };
  const { values } = parseArgs({
    args,
    options: {
      ...{ work: text("A"), threads: text("2"), rounds: text("15"), repeats: text("5"), steps: text("3") },
      ...{ json: flag, help: flag },
    },
  });
  if (!Object.hasOwn(works, values.work))
    throw new TypeError(`--work: expected of ${Object.keys(works).join(", ")}, received ${values.work}.`);
  return { ...values, ...readCounts(values, ["threads", "rounds", "repeats", "steps"]) };
}

await runBench({ usage, read: readFlags, run: main });
