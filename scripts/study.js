// The study in docs/study.md: one small recipe trained in several ways, three seeds each: node scripts/study.js
// Everything is kept in runs/study and goes on where it was stopped; --tables only writes the document from the saved results.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chooseMoments, chooseThreshold } from "@foveajs/evaluation";
import { parse, stringify } from "yaml";
import { withSection, writeDocuments } from "./generated-section.js";
import { sections } from "./study-tables.js";
import { mainValue, pooled, setsOf, tasks } from "./study-tasks.js";
import { workspaceRoot } from "./workspace.js";

const recipeFile = "recipes/study/recipe.yaml";
const resultsFile = "recipes/study/results.json";

/** Training samples of the first set of each arm, so that all arms take as many steps (some per cent off where a seed parts groups). */
const samples = { fer2013: 25776, mtfl: 7545, face_mask: 1037, eyes_open_closed: 989 };

/** The recipe with these tasks alone, on the sets that label them, over as many steps. */
function restricted(recipe, wanted) {
  const { data, model, training } = recipe;
  const folders = new Set(wanted.flatMap((task) => setsOf[task]));
  const sets = data.sets.filter(({ folder }) => folders.has(folder));
  const stepsOf = ({ folder, per_batch }) => samples[folder] / per_batch;
  const isWanted = ([task]) => wanted.includes(task);
  return {
    ...recipe,
    data: { ...data, sets },
    model: { ...model, tasks: model.tasks.filter(({ name }) => wanted.includes(name)) },
    training: {
      ...training,
      moment: "last",
      batch: sets.reduce((sum, { per_batch }) => sum + per_batch, 0),
      epochs: Number(((training.epochs * stepsOf(data.sets[0])) / stepsOf(sets[0])).toFixed(2)),
      loss_weights: Object.fromEntries(Object.entries(training.loss_weights).filter(isWanted)),
    },
  };
}

const withoutTeachers = ({ teachers: _, ...recipe }) => ({
  ...recipe,
  data: { ...recipe.data, sets: recipe.data.sets.map(({ taught: _labels, ...set }) => set) },
  training: { ...recipe.training, moment: "last" },
});

/** Heads of the pooled tasks on the features of a model that is trained already. */
function onFrozen(recipe, file) {
  const kept = withoutTeachers(restricted(recipe, pooled));
  const sha256 = createHash("sha256")
    .update(readFileSync(path.join(workspaceRoot, file)))
    .digest("hex");
  return { ...kept, model: { ...kept.model, from: { file, sha256 } } };
}

/** The ways of training. `after` is an arm whose model of the same seed is needed first. */
const arms = {
  together: { make: (recipe) => recipe },
  "without-teachers": { make: withoutTeachers },
  ...Object.fromEntries(
    tasks.map((task) => [`alone-${task}`, { make: (recipe) => withoutTeachers(restricted(recipe, [task])) }]),
  ),
  "on-expression": { after: "alone-expression", make: onFrozen, flags: ["--heads"] },
};

const runFolder = (arm, seed) => `runs/study/${arm}-${seed}`;
const modelOf = (arm, seed) => `${runFolder(arm, seed)}/study.onnx`;

/** Trains one arm with one seed, unless it is done. */
function train(arm, seed, { threads, data }) {
  const { make, after, flags = [] } = arms[arm];
  if (existsSync(path.join(workspaceRoot, modelOf(arm, seed)))) return;
  const base = parse(readFileSync(path.join(workspaceRoot, recipeFile), "utf8"));
  const recipe = { ...make(base, after && modelOf(after, seed)), seed };
  const file = `${runFolder(arm, seed)}.yaml`;
  mkdirSync(path.join(workspaceRoot, "runs/study"), { recursive: true });
  writeFileSync(path.join(workspaceRoot, file), stringify(recipe));
  process.stdout.write(`\n${arm}, seed ${seed}\n`);
  const run = ["--run", runFolder(arm, seed), "--threads", String(threads), ...(data ? ["--data", data] : [])];
  const { status } = spawnSync(process.execPath, ["packages/cli/dist/main.js", "train", file, ...run, ...flags], {
    cwd: workspaceRoot,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** What is kept of one training. */
async function measured(arm, seed) {
  const { readRun } = await import("../packages/operations/dist/runs/run-record.js");
  const folder = path.join(workspaceRoot, runFolder(arm, seed));
  const record = await readRun(folder);
  const { epochs, start, done } = record;
  const isFitted = arms[arm].flags !== undefined;
  const source = isFitted ? done.metrics : epochs.at(-1).metrics;
  const taught = record.loaded.recipe.model.tasks.map(({ name }) => name);
  const values = taught.map((task) => [task, mainValue(source, task, isFitted ? "heldout_" : "")]);
  const told = { arm, seed, steps: start.steps, seconds: Math.round(done.seconds), values: Object.fromEntries(values) };
  return record.loaded.recipe.training.moment === "per-task" ? { ...told, ...(await momentsOf(record)) } : told;
}

/** What moments and thresholds of their own would gain for each task, and what heads fitted anew do. */
async function momentsOf(record) {
  const { measureRun } = await import("../packages/operations/dist/runs/measured-run.js");
  const { twoSided } = await import("../packages/operations/dist/runs/two-sided.js");
  const run = await measureRun(record);
  const choice = chooseMoments(run.courses.map(({ task, main }) => ({ ...main, name: task.name })));
  const { heads } = JSON.parse(readFileSync(path.join(record.folder, "moments.json"), "utf8"));
  const thresholds = run.courses.flatMap(({ task }) =>
    twoSided(task, run.last.tasks.get(task.name)).map(({ name, usual, ids, scores, positives }) => {
      const options = { isFirstHalf: (i) => run.isFirstHalf(ids[i]), usual };
      const { threshold, usual: before, naive, honest } = chooseThreshold({ scores, positives }, options);
      return { task: task.name, name, threshold, usual: before, naive, honest };
    }),
  );
  return {
    common: record.epochs[choice.common].epoch,
    moments: Object.fromEntries(
      choice.tasks.map(({ name, moment, naive, honest }) => [
        name,
        { epoch: record.epochs[moment].epoch, naive: naive.gain, honest: honest.gain },
      ]),
    ),
    heads,
    thresholds,
  };
}

/** docs/study.md with its tables made anew from the saved results; exported for the test that it is up to date. */
export const documents = [
  {
    file: "docs/study.md",
    make(text) {
      const file = path.join(workspaceRoot, resultsFile);
      const results = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
      const bodyOf = (body) => (results ? body(results) : "Not measured yet.");
      return Object.entries(sections).reduce((made, [name, body]) => withSection(made, name, bodyOf(body)), text);
    },
  },
];

async function main() {
  const { values } = parseArgs({
    options: {
      tables: { type: "boolean", default: false },
      seeds: { type: "string", default: "0,1,2" },
      threads: { type: "string", default: "2" },
      data: { type: "string" },
    },
  });
  if (!values.tables) {
    const seeds = values.seeds.split(",").map(Number);
    for (const seed of seeds) for (const arm of Object.keys(arms)) train(arm, seed, values);
    const results = [];
    for (const arm of Object.keys(arms)) for (const seed of seeds) results.push(await measured(arm, seed));
    writeFileSync(path.join(workspaceRoot, resultsFile), `${JSON.stringify(results, null, 2)}\n`);
  }
  await writeDocuments(documents);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
