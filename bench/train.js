// Bench: training steps (works.js): ours against PyTorch in both of its memory layouts, jax-js and TensorFlow.js; --page: in Chromium.
import { parseArgs } from "node:util";
import { readCounts, readNames, runBench } from "./cli.js";
import { compete } from "./engines/compete.js";
import { startEngine } from "./engines/start.js";
import { engines } from "./engines/table.js";
import { environment, jsonLine, tableText } from "./harness.js";
import { installRivals } from "./rivals/rivals.js";
import { findTorchPython } from "./torch.js";
import { works } from "./works.js";

const usage = `usage: npm run bench -- train [--work all] [--engines ${Object.keys(engines).join()}]
         [--threads 2] [--idle sleep] [--batch 64] [--rounds 7] [--steps 3] [--warmup 2] [--page] [--json]

Works: ${Object.keys(works).join(", ")}; several by commas. Each engine trains the same network from the same weights on the same batch, in a process of its
own; times are medians of interleaved rounds, ratios fovea's speed over the other's in the same round. Slow engines take fewer samples and
rounds, and their lines say so. jax-js and TensorFlow.js are installed into bench/rivals on first use; the native TensorFlow.js for Node is
left out, since it needs install scripts. --idle spin: threads wait awake between operators, ours for the length of a step, PyTorch's as it has
them unless told; on a machine that does nothing else all are faster. --page: the engines that run in a browser, in headless Chromium.`;

function readFlags(args) {
  const text = (fallback) => ({ type: "string", default: fallback });
  const flag = { type: "boolean", default: false };
  const { values } = parseArgs({
    args,
    options: {
      ...{ work: { type: "string" }, engines: { type: "string" }, batch: { type: "string" } },
      ...{ threads: text("2"), idle: text("sleep"), rounds: text("7"), steps: text("3"), warmup: text("2") },
      ...{ page: flag, json: flag, help: flag },
    },
  });
  const counts = readCounts(values, ["threads", "batch", "rounds", "steps", "warmup"], { warmup: 0 });
  if (!["sleep", "spin"].includes(values.idle))
    throw new TypeError(`--idle: expected sleep or spin, received ${values.idle}.`);
  // in a page one work takes minutes
  return { ...values, ...counts, work: readNames("work", values.work ?? (values.page ? "A" : "all"), works) };
}

/** How engines of the table start in processes of their own. */
function processes({ threads, idle }) {
  const python = findTorchPython();
  return async (name, options) => {
    if (engines[name].rival) installRivals();
    if (engines[name].layout !== undefined && python === undefined)
      throw new Error("no Python with PyTorch found; FOVEA_PYTHON names one");
    return startEngine(name, { ...options, threads, idle, python });
  };
}

async function main({
  work: workNames,
  engines: engineNames,
  threads,
  idle,
  batch,
  rounds,
  steps,
  warmup,
  page,
  json,
}) {
  const place = page
    ? await (await import("./page/place.js")).openPlace({ threads })
    : { table: engines, start: processes({ threads, idle }), close: () => {} };
  const { table, start, close } = place;
  try {
    const names = readNames("engines", engineNames, table);
    for (const name of workNames) {
      const work = works[name];
      const onRound = (done, all) =>
        process.stderr.isTTY && process.stderr.write(`\r${name}: round ${done} of ${all} `);
      const size = batch ?? work.batch;
      const { rows, ratios, ratios_of_cpu_time } = await compete({
        ...{ work, names, batch: size, rounds, steps, warmup, start, table, onRound },
      });
      if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
      const about = { threads, idle, steps, ...environment(), ...place.about };
      const print = json ? jsonLines : readable;
      process.stdout.write(`${print({ work: name, rows, ratios, ratios_of_cpu_time, about })}\n`);
    }
  } finally {
    await close();
  }
}

function jsonLines({ work, rows, about, ...ratios }) {
  return [...rows, ratios].map((line) => jsonLine({ bench: "train", work, ...line, ...about })).join("\n");
}

function readable({ work, rows, ratios = {}, ratios_of_cpu_time: ratiosOfCpuTime = {}, about }) {
  const columns = [
    ["engine", "engine"],
    ["images_per_second", "images/s"],
    ["gflops", "GFLOP/s"],
    ["ratio", "fovea is faster by"],
    ["cpu_ratio", "in CPU time"],
    ["peak_memory_mb", "peak MB"],
    ["batch", "batch"],
    ["rounds", "rounds"],
    ["first_loss", "first loss"],
    ["same_first_loss", "the same"],
  ];
  const able = rows.filter(({ cannot }) => cannot === undefined);
  const table = tableText(
    able.map((row) => ({ ...row, ratio: ratios[row.engine], cpu_ratio: ratiosOfCpuTime[row.engine] })),
    columns,
  );
  const unable = rows.filter(({ cannot }) => cannot !== undefined).map(({ engine, cannot }) => `${engine}: ${cannot}`);
  const title = `Work ${work}, ${about.threads} threads that ${about.idle}, ${about.cpu}, ${about.cores} cores, load ${about.load}`;
  return [title, table, ...unable, ""].join("\n");
}

await runBench({ usage, read: readFlags, run: main });
