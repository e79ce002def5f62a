// The tables of docs/study.md from the saved results of the study.
import { meanInterval } from "@foveajs/evaluation";
import { markdownTable } from "./generated-section.js";
import { mainMetrics, pooled, tasks } from "./study-tasks.js";

/** Difference of two arms in a task's main metric, seed by seed, in the metric's direction: above 0 the first is better. */
function difference(results, first, second, task) {
  const { scale, isError } = mainMetrics[task];
  const seedValue = (arm, seed) => results.find((one) => one.arm === arm && one.seed === seed).values[task];
  const seeds = results.filter(({ arm }) => arm === first).map(({ seed }) => seed);
  const sign = isError ? -1 : 1;
  return meanInterval(seeds.map((seed) => sign * scale * (seedValue(first, seed) - seedValue(second, seed))));
}

const digitsOf = (task) => (mainMetrics[task].scale === 1 ? 3 : 1);
const signed = (value, digits) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;

/** "+0.4 (−0.1 to +0.9)" */
const gainText = ({ mean, interval }, digits) =>
  `${signed(mean, digits)} (${signed(interval[0], digits)} to ${signed(interval[1], digits)})`;

function meanText(results, arm, task) {
  const { scale } = mainMetrics[task];
  const own = results.filter((one) => one.arm === arm).map(({ values }) => values[task] * scale);
  return meanInterval(own).mean.toFixed(digitsOf(task));
}

/** A row a task: both arms' means, and by how much the first is better. */
function comparison(results, [first, firstText], [second, secondText], wanted = tasks) {
  const armOf = (arm, task) => (typeof arm === "function" ? arm(task) : arm);
  return markdownTable(
    ["task", "by", firstText, secondText, "first better by (95 % interval)"],
    wanted.map((task) => [
      task,
      mainMetrics[task].text,
      meanText(results, armOf(first, task), task),
      meanText(results, armOf(second, task), task),
      gainText(difference(results, armOf(first, task), armOf(second, task), task), digitsOf(task)),
    ]),
  );
}

const alone = (task) => `alone-${task}`;

function momentsTable(results) {
  const runs = results.filter(({ arm }) => arm === "together");
  return markdownTable(
    ["task", "by", "its best epochs", "common epochs", "naive gain", "honest gain (95 % interval)"],
    tasks.map((task) => {
      const { scale, text } = mainMetrics[task];
      const gains = (kind) => meanInterval(runs.map(({ moments }) => scale * moments[task][kind]));
      return [
        task,
        text.replace(" (less is better)", ""),
        runs.map(({ moments }) => moments[task].epoch).join(", "),
        runs.map(({ common }) => common).join(", "),
        signed(gains("naive").mean, digitsOf(task) + 1),
        gainText(gains("honest"), digitsOf(task) + 1),
      ];
    }),
  );
}

function headsTable(results) {
  const runs = results.filter(({ arm }) => arm === "together");
  return markdownTable(
    ["task", "loss, head of the network", "loss, head fitted anew", "fitted anew less by (95 % interval)", "taken"],
    pooled.map((task) => {
      const of = (key) => runs.map(({ heads }) => heads[task][key]);
      const less = meanInterval(runs.map(({ heads }) => heads[task].own - heads[task].refitted));
      return [
        task,
        meanInterval(of("own")).mean.toFixed(4),
        meanInterval(of("refitted")).mean.toFixed(4),
        gainText(less, 4),
        `${of("epoch").filter((epoch) => epoch !== undefined && epoch !== null).length} of ${runs.length}`,
      ];
    }),
  );
}

function thresholdsTable(results) {
  const runs = results.filter(({ arm }) => arm === "together");
  return markdownTable(
    ["what is told", "thresholds chosen", "F1 at 0.5", "naive gain", "honest gain (95 % interval)"],
    runs[0].thresholds.map(({ task, name }, index) => {
      const own = runs.map(({ thresholds }) => thresholds[index]);
      const gain = (kind) => meanInterval(own.map((one) => 100 * (one[kind] - one.usual)));
      return [
        `${task}: ${name}`,
        own.map(({ threshold }) => threshold.toFixed(2)).join(", "),
        (100 * meanInterval(own.map(({ usual }) => usual)).mean).toFixed(1),
        signed(gain("naive").mean, 2),
        gainText(gain("honest"), 2),
      ];
    }),
  );
}

function costTable(results) {
  const names = [...new Set(results.map(({ arm }) => arm))];
  return markdownTable(
    ["way", "steps", "minutes, median of the seeds"],
    names.map((arm) => {
      const own = results.filter((one) => one.arm === arm);
      const seconds = own.map((one) => one.seconds).sort((a, b) => a - b);
      const minutes = seconds[Math.floor(seconds.length / 2)] / 60;
      return [arm, own.map(({ steps }) => steps).join(", "), minutes.toFixed(1)];
    }),
  );
}

/** The tables of docs/study.md by the names of their sections. */
export const sections = {
  together: (results) => comparison(results, ["together", "all together"], [alone, "each alone"]),
  teachers: (results) => comparison(results, ["together", "with the teacher"], ["without-teachers", "without"]),
  moments: momentsTable,
  thresholds: thresholdsTable,
  heads: headsTable,
  frozen: (results) =>
    comparison(
      results,
      ["together", "in the network"],
      ["on-expression", "on frozen features of expressions"],
      pooled.filter((task) => task !== "expression"),
    ),
  cost: costTable,
};
