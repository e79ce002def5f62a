// Bench: a training step of Work A (bench/work-a.js), ours against PyTorch in both of its memory layouts.
import { parseArgs } from "node:util";
import { environment, interleave, measureHere, peakMegabytes, summarize, tableText } from "./harness.js";
import { createTorch, findTorchPython } from "./torch.js";
import { createStep, workA } from "./work-a.js";

const usage = `usage: npm run bench -- train [--threads 2] [--batch 64] [--rounds 7] [--steps 3] [--json]`;

function readFlags(args) {
  const count = (fallback) => ({ type: "string", default: String(fallback) });
  const { values } = parseArgs({
    args,
    options: {
      threads: count(2),
      batch: count(64),
      rounds: count(7),
      steps: count(3),
      json: { type: "boolean", default: false },
    },
  });
  const { json, ...texts } = values;
  const counts = Object.entries(texts).map(([name, text]) => {
    if (!/^[1-9]\d*$/.test(text)) throw new TypeError(`--${name}: expected a whole number from 1, received ${text}.`);
    return [name, Number(text)];
  });
  return { json, ...Object.fromEntries(counts) };
}

async function createOurs({ batch, threads }) {
  const { step, dispose } = await createStep({ batch, threads });
  let loss = Number.NaN;
  return {
    name: "ours",
    measure: measureHere(async () => {
      loss = await step();
    }),
    lastLoss: () => loss,
    peakMegabytes: async () => peakMegabytes(),
    dispose,
  };
}

/** Adds the contestants to `contestants` one by one, so that those made are freed even where a later one fails. */
async function addContestants(contestants, { batch, threads, note }) {
  contestants.push(await createOurs({ batch, threads }));
  const python = findTorchPython();
  if (python === undefined) {
    note("torch skipped: no Python with PyTorch found (set FOVEA_PYTHON to one that has it)");
    return;
  }
  for (const layout of ["contiguous", "channels_last"]) {
    contestants.push(await createTorch({ python, work: workA, batch, threads, layout }));
  }
}

async function main({ threads, batch, rounds, steps, json }) {
  const note = (line) => process.stderr.write(`${line}\n`);
  const contestants = [];
  try {
    await addContestants(contestants, { batch, threads, note });
    const onRound = (done, all) => process.stderr.isTTY && process.stderr.write(`\rround ${done} of ${all} `);
    const times = await interleave(contestants, { warmup: 3, rounds, repeats: steps, onRound });
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
    const where = { ...environment(), threads, batch, rounds, steps };
    const rows = [];
    for (const { name, wallMs, cpuMs, speedup, cpuSpeedup } of summarize(times, "ours")) {
      const contestant = contestants.find((candidate) => candidate.name === name);
      rows.push({
        bench: "train",
        contestant: name,
        version: contestant.version,
        milliseconds: wallMs,
        images_per_second: (batch * 1000) / wallMs,
        cpu_milliseconds: cpuMs,
        ours_times_faster: speedup,
        ours_times_faster_cpu: cpuSpeedup,
        peak_megabytes: await contestant.peakMegabytes(),
        loss: contestant.lastLoss(),
      });
    }
    process.stdout.write(`${json ? jsonLines(rows, where) : readable(rows, where)}\n`);
  } finally {
    for (const { dispose } of contestants) await dispose();
  }
}

function jsonLines(rows, where) {
  const round = (_key, value) => (typeof value === "number" ? Number(value.toFixed(3)) : value);
  return rows.map((row) => JSON.stringify({ ...row, ...where }, round)).join("\n");
}

function readable(rows, where) {
  const title =
    `Training step of Work A, batch ${where.batch}, ${where.threads} threads; medians of ${where.rounds} interleaved ` +
    `rounds of ${where.steps} steps\n${where.cpu}, ${where.cores} cores, load ${where.load}, Node ${where.node}`;
  const columns = [
    ["contestant", "contestant"],
    ["milliseconds", "ms/step"],
    ["images_per_second", "images/s"],
    ["cpu_milliseconds", "CPU ms/step"],
    ["ours_times_faster", "ours x faster"],
    ["ours_times_faster_cpu", "in CPU time"],
    ["peak_megabytes", "peak MB"],
    ["loss", "last loss"],
  ];
  return `${title}\n\n${tableText(rows, columns)}`;
}

let flags;
try {
  flags = readFlags(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`error bench/usage: ${error.message}\nhelp: ${usage}\n`);
  process.exit(2);
}
try {
  await main(flags);
} catch (error) {
  const code = error.code ?? "bench/failed";
  process.stderr.write(`error ${code}: ${error.message}\nhelp: ${error.help ?? usage}\n`);
  process.exitCode = 3;
}
