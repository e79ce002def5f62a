import { errorTable } from "@foveajs/errors";

/** Errors of the operations: what people name (files, folders, models) and what was found there. */
export const errors = errorTable("operations", {
  "no-card": {
    kind: "conflict",
    message: ({ name }: { name: string }) =>
      `model "${name}" was expected to have a card that says how pictures go in, its file has none.`,
    help: () => "give it tensors (POST /v2/models/NAME/infer), or fine-tune it with Fovea, which writes a card.",
  },
  "bad-input": {
    kind: "input",
    message: ({ operation, issues }: { operation: string; issues: readonly string[] }) =>
      `${operation}: ${issues.join("; ")}.`,
    help: ({ operation }: { operation: string }) => `see the input of "${operation}" in docs/cli.md.`,
  },
  "missing-file": {
    kind: "missing",
    message: ({ path }: { path: string }) => `there is no file or folder "${path}".`,
    help: () => "check the spelling, and the folder that the path starts from.",
  },
  "unreadable-file": {
    kind: "input",
    message: ({ path, reason }: { path: string; reason: string }) => `"${path}" may not be read (${reason}).`,
    help: ({ path }: { path: string }) => `give yourself the right to read it: chmod u+r "${path}".`,
  },
  "read-failed": {
    kind: "input",
    message: ({ path, reason }: { path: string; reason: string }) => `"${path}" could not be read (${reason}).`,
    help: () => "check that the disk is well and that the path names an ordinary file.",
  },
  "unknown-reading": {
    kind: "input",
    message: ({ name, tells }: { name: string; tells: string }) =>
      `--only: expected names of what the models tell (${tells}), received "${name}".`,
    help: () => "correct the name; several stand with commas between them.",
  },
  "table-failed": {
    kind: "input",
    message: ({ path, reason }: { path: string; reason: string }) => `"${path}" could not be written (${reason}).`,
    help: () => "name a file in a folder that exists and that you may write to.",
  },
  "empty-file": {
    kind: "input",
    message: ({ path }: { path: string }) => `"${path}" is empty: expected an image, received 0 bytes.`,
    help: () => "copy or download the file again.",
  },
  "large-file": {
    kind: "input",
    message: ({ path, sizeBytes, limitBytes }: { path: string; sizeBytes: number; limitBytes: number }) =>
      `"${path}" has ${sizeBytes} bytes: expected an image of at most ${limitBytes} bytes.`,
    help: () => "check that it is an image; if so, save it smaller.",
  },
  "empty-folder": {
    kind: "missing",
    message: ({ path, extensions }: { path: string; extensions: readonly string[] }) =>
      `the folder "${path}" holds no image (${extensions.join(", ")}).`,
    help: () => "name another folder; sub-folders are searched, hidden ones are not.",
  },
  "no-match": {
    kind: "missing",
    message: ({ pattern }: { pattern: string }) => `no file matches the pattern "${pattern}".`,
    help: () =>
      "check the pattern: * stays within a folder, ** crosses folders; quote it to keep the shell from reading it.",
  },
  "bad-overlay-folder": {
    kind: "input",
    message: ({ path, reason }: { path: string; reason: string }) =>
      `pictures cannot be written to the folder "${path}" (${reason}).`,
    help: () => "name a folder that you may write to with --overlay.",
  },
  "overlay-failed": {
    kind: "input",
    message: ({ path, reason }: { path: string; reason: string }) => `"${path}" could not be written (${reason}).`,
    help: () => "make room on the disk or name another folder with --overlay.",
  },
  "missing-models-folder": {
    kind: "missing",
    message: ({ path }: { path: string }) => `the folder of models "${path}" does not exist.`,
    help: () => "name a folder that holds .onnx files with --models.",
  },
  "missing-model": {
    kind: "missing",
    message: ({ name, known }: { name: string; known: readonly string[] }) =>
      `there is no model "${name}"; ${known.length === 0 ? "no model was found at all" : `known: ${known.join(", ")}`}.`,
    help: () => `"fovea models" lists them; name another folder with --models.`,
  },
  "no-models": {
    kind: "missing",
    message: ({ folders }: { folders: readonly string[] }) => `no model was found in ${folders.join(", ")}.`,
    help: () => "train one (fovea train recipes/NAME/recipe.yaml) or name a folder with --models.",
  },
  "unreadable-model": {
    kind: "missing",
    message: (d: { path: string }) => `The model ${d.path} cannot be read.`,
    help: () => "Check that the file is there and that you may read it; `fovea doctor` looks at all models.",
  },
  "cannot-answer": {
    kind: "input",
    message: (d: { subject: string; protocol: string; expected: string; received: string }) =>
      `${d.subject} cannot answer protocol ${d.protocol}: expected ${d.expected}, received ${d.received}.`,
    help: () => "name a model that can, or the predictions of any tool as a .csv file (docs/evaluation.md).",
  },
  "bad-reader-options": {
    kind: "input",
    message: ({ received, reason }: { received: string; reason: string }) =>
      `--options expects a JSON object, received ${received} (${reason}).`,
    help: () => `write the options as a recipe has them, in quotes: --options '{"labels":"majority"}'.`,
  },
  "sheet-failed": {
    kind: "input",
    message: ({ path, reason }: { path: string; reason: string }) =>
      `the picture sheet "${path}" could not be written (${reason}).`,
    help: () => "name a file in a folder that is there and that you may write to with --sheet.",
  },
  "report-failed": {
    kind: "input",
    message: ({ path, reason }: { path: string; reason: string }) =>
      `the report "${path}" could not be written (${reason}).`,
    help: () => "name a file in a folder that you may write to with --report.",
  },
  "leaked-pictures": {
    kind: "input",
    message: (d: { subject: string; protocol: string; split: string; leaked: number; total: number; first: string }) =>
      `${d.subject} was trained on ${d.leaked} of the ${d.total} pictures of ${d.protocol}, ${d.split} (the first is ${JSON.stringify(d.first)}): a score on them would be no score.`,
    help: () =>
      "score the other pictures (--leaks leave_out), another split, or train again without these pictures; `fovea datasets check` finds them before.",
  },
  "same-split": {
    kind: "input",
    message: (d: { chosen: string; scored: string; shared: number }) =>
      `the threshold is chosen on ${d.chosen} and scored on ${d.scored}: expected two splits without a common sample, received ${d.shared} in both.`,
    help: () => "choose the threshold on another split (--threshold-from), or on another folder (--threshold-data).",
  },
  "no-threshold": {
    kind: "input",
    message: ({ protocol }: { protocol: string }) => `answers to protocol ${protocol} have no threshold to choose.`,
    help: () => "leave --target-fpr out; protocols of faces and of pairs take it.",
  },
  "bad-result-line": {
    kind: "input",
    message: (d: { file: string; line: number; detail: string }) =>
      `${d.file}, line ${d.line}: expected a line of "evaluate --json" or of a sample after one: ${d.detail}.`,
    help: () => "save results with `fovea evaluate ... --json > FILE`, or with --outcomes FILE.jsonl.",
  },
  "outcomes-failed": {
    kind: "input",
    message: ({ path, reason }: { path: string; reason: string }) => `"${path}" could not be written (${reason}).`,
    help: () => "name a file in a folder that is there and that you may write to with --outcomes.",
  },
  "not-comparable": {
    kind: "input",
    message: (d: { what: string; first: string; second: string }) =>
      `results that are compared must be of the same ${d.what}: received ${d.first} and ${d.second}.`,
    help: () => "score both models by the same protocol, mode and split of the same data.",
  },
  "results-of-other-model": {
    kind: "conflict",
    message: (d: { model: string; line: number; expected: string; received: string }) =>
      `result ${d.line} is not of ${d.model}: expected a graph with SHA-256 ${d.expected}, received ${d.received}.`,
    help: () => "evaluate this very file (`fovea evaluate MODEL --json`), and write those results.",
  },
  "bad-shape": {
    kind: "input",
    message: ({ received }: { received: string }) =>
      `--shape expects the name of an input and its extents, as in image=1x3x320x320; received ${JSON.stringify(received)}.`,
    help: () => "`fovea graph FILE` lists the inputs; a graph of one input takes any name.",
  },
  "drawing-failed": {
    kind: "input",
    message: ({ path, reason }: { path: string; reason: string }) =>
      `the drawing "${path}" could not be written (${reason}).`,
    help: () => "name a file in a folder that is there and that you may write to with --svg.",
  },
  "profile-missing": {
    kind: "internal",
    message: (_: object) => "onnxruntime wrote no profile.",
    help: () => "make room in the folder of temporary files (TMPDIR), or leave --profile out.",
  },
  "write-model-failed": {
    kind: "input",
    message: ({ path, reason }: { path: string; reason: string }) => `"${path}" could not be written (${reason}).`,
    help: () => "make room on the disk, and give yourself the right to write to the file and its folder.",
  },
  "no-run": {
    kind: "missing",
    message: ({ folder, reason }: { folder: string; reason: string }) =>
      `"${folder}" is not the folder of a run (${reason}).`,
    help: () => "name a folder that `fovea train` wrote, with events.jsonl and recipe.yaml; `fovea runs` lists them.",
  },
  "bad-run-file": {
    kind: "input",
    message: ({ file, reason }: { file: string; reason: string }) => `"${file}" was expected to be JSON (${reason}).`,
    help: () => "restore the file, or train the run again with --fresh.",
  },
  "export-onto-itself": {
    kind: "input",
    message: ({ path }: { path: string }) => `--output: expected another file than the model, received "${path}".`,
    help: () => "name another file; the model stays as it is.",
  },
  "no-calibration": {
    kind: "input",
    message: ({ model, received }: { model: string; received: string; recipe: string | undefined }) =>
      `int8 of ${model}: expected pictures to calibrate on, received ${received}.`,
    help: ({ recipe }: { recipe: string | undefined }) =>
      recipe === undefined
        ? "name the recipe that it was trained by (--recipe FILE), or a data set like that of the training: --calibrate DIR --reader NAME."
        : `its recipe is at hand: --recipe ${recipe}; or name a data set like that of the training: --calibrate DIR --reader NAME.`,
  },
  "int8-without-card": {
    kind: "conflict",
    message: ({ path }: { path: string }) =>
      `int8 of ${path}: expected a card, which says how the pictures to calibrate on go in, received a file without one.`,
    help: () =>
      "write it as float16, which needs no pictures, or fine-tune it with Fovea (model.from in a recipe), which writes a card.",
  },
  "data-twice": {
    kind: "input",
    message: ({ recipe, calibrate }: { recipe: string; calibrate: string }) =>
      `expected pictures of a recipe or of a data set, received both: --recipe ${recipe} and --calibrate ${calibrate}.`,
    help: () => "leave one of them out; a recipe names its own data sets.",
  },
  "bad-shard": {
    kind: "input",
    message: ({ received }: { received: string }) =>
      `--shard: expected I/N with I from 1 to N, received "${received}".`,
    help: () => "3/64 is the third of 64 parts.",
  },
  "bad-seeds": {
    kind: "input",
    message: ({ received }: { received: string }) =>
      `--seeds: expected whole numbers with commas between them, each once, received "${received}".`,
    help: () => "three seeds are --seeds 0,1,2.",
  },
  "seed-twice": {
    kind: "input",
    message: (_: object) => "expected seeds in the grid or by --seeds, received both.",
    help: () => "leave seed out of the grid: intervals are over the seeds of --seeds.",
  },
  "training-without-end": {
    kind: "internal",
    message: ({ run }: { run: string }) => `the training in ${run} ended without a model.`,
    help: () => "run the same command again.",
  },
  "no-recipe": {
    kind: "conflict",
    message: ({ model }: { model: string }) => `the card of ${model} was expected to name its recipe, it names none.`,
    help: () => "name a model that Fovea trained.",
  },
  "recipe-not-found": {
    kind: "missing",
    message: (d: { model: string; name: string; sha256: string; folder: string }) =>
      `${d.model} was trained from recipe ${d.name} with SHA-256 ${d.sha256}; no recipe in ${d.folder} is that one.`,
    help: () => "name the folder that holds it with --recipes; a changed recipe makes another model.",
  },
  "other-recipe": {
    kind: "conflict",
    message: (d: { model: string; recipe: string; expected: string; received: string }) =>
      `${d.recipe} is not the recipe of ${d.model}: expected SHA-256 ${d.expected}, received ${d.received}.`,
    help: () => "name the recipe that the model was trained by; a changed one may have other pictures.",
  },
  "no-recorded-steps": {
    kind: "missing",
    message: (d: { recipe: string; steps: number; first: string }) =>
      `${d.recipe}: expected a loss among the first ${d.steps} steps in the log beside it (events.jsonl), the first recorded is ${d.first}.`,
    help: () => "compare more steps (--steps 20), or train to the end (without --steps).",
  },
  cancelled: {
    kind: "cancelled",
    message: ({ operation, done }: { operation: string; done: string }) => `${operation} was stopped; ${done}.`,
    help: ({ operation }: { operation: string }) => `run "fovea ${operation}" again to do the rest.`,
  },
});
