// Bench: all metrics of a test of classes with their bootstrap intervals.
import { parseArgs } from "node:util";
import { filesInMemory, protocolOf, seededRandom } from "@foveajs/evaluation";
import { besideLimits, environment, interleave, measureHere, peakMegabytes, printRows, summarize } from "./harness.js";

/**
 * Time of all metrics of a test of classes with their intervals, on made-up predictions: every picture a unit of its own.
 * One core. Usage: node bench/bootstrap.js [--predictions 30000] [--classes 8] [--resamples 1000] [--rounds 3] [--json]
 */
const { values } = parseArgs({
  options: {
    predictions: { type: "string", default: "30000" },
    classes: { type: "string", default: "8" },
    resamples: { type: "string", default: "1000" },
    rounds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
  },
});
const limitMs = 5000;
const [predictions, classes, resamples] = [values.predictions, values.classes, values.resamples].map(Number);
const random = seededRandom(1);
const targets = Array.from({ length: predictions }, () => Math.floor(random() * classes));
const rows = targets.map((target, i) => `${i}.jpg,class${target}`);
const test = await protocolOf("folder").read(filesInMemory({ "labels.csv": ["file,class", ...rows].join("\n") }));
const labels = Array.from({ length: classes }, (_, label) => `class${label}`);
const logits = new Map(
  targets.map((target, i) => [`${i}.jpg`, labels.map((_, c) => 4 * random() + (c === target ? 2 : 0))]),
);
const score = (draws) => () => test.score({ labels, logits, hasProbabilities: true }, { seed: 1, resamples: draws });

const names = { whole: `${resamples} resamples`, single: "1 resample" };
const times = await interleave(
  [
    { name: names.whole, measure: measureHere(score(resamples)) },
    { name: names.single, measure: measureHere(score(1)) },
  ],
  { warmup: 1, rounds: Number(values.rounds), repeats: 1 },
);
const limits = { [names.whole]: limitMs };
const told = besideLimits(summarize(times, names.whole), limits, () => ({ predictions }));
const metrics = Object.keys(score(1)().metrics);
const about = { bench: "bootstrap", ...environment(), metrics, peak_mb: Math.round(peakMegabytes()) };
printRows(told, about, values);
process.exitCode = told.every(({ within }) => within !== false) ? 0 : 1;
