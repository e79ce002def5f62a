import { errorTable } from "@foveajs/errors";

/** Where something was found, what should have been there and what was. */
interface DataDetail {
  readonly where: string;
  readonly expected: string;
  readonly received: string;
}

/** Which picture, of which format, and what its codec or its structure says. */
interface ImageDetail {
  readonly name: string;
  readonly format: string;
  readonly detail: string;
}

/** Every error of this package. */
export const errors = errorTable("vision", {
  "data-missing": {
    kind: "missing",
    message: ({ path }: { path: string }) => `"${path}" does not exist or cannot be read.`,
    help: () => "Check the path of the data set; its reader names the files that the folder must hold.",
  },
  "data-table": {
    kind: "input",
    message: ({ where, expected, received }: DataDetail) => `${where}: expected ${expected}, received ${received}.`,
    help: () => "Mend this line of the table, or fetch the data set again: the copy may be incomplete.",
  },
  "data-count": {
    kind: "conflict",
    message: ({ where, expected, received }: DataDetail) => `${where}: expected ${expected}, received ${received}.`,
    help: () => "Files are missing or the data set is another version: fetch it again, or correct the expected count.",
  },
  "data-split": {
    kind: "input",
    message: ({ where, expected, received }: DataDetail) => `${where}: expected ${expected}, received ${received}.`,
    help: () => "Correct the split of the recipe: fractions sum to 1 and named groups exist in the data.",
  },
  "teacher-file": {
    kind: "input",
    message: ({ name, expected, received }: { name: string; expected: string; received: string }) =>
      `Teacher "${name}": expected ${expected}, received ${received}.`,
    help: () => "Correct the teacher in the recipe (teachers, model), or fetch its file again.",
  },
  "label-points": {
    kind: "input",
    message: ({ task, expected, received }: { task: string; expected: string; received: number }) =>
      `A label of task "${task}": expected ${expected}, received ${received} points.`,
    help: () => "Choose the scheme of points that the data set is marked up with (recipe: model.tasks, scheme).",
  },
  "data-reader": {
    kind: "input",
    message: ({ where, expected, received }: DataDetail) => `${where}: expected ${expected}, received ${received}.`,
    help: () => "Correct the name or the options of the data set in the recipe.",
  },
  "data-empty": {
    kind: "missing",
    message: ({ where }: { where: string }) => `${where}: there is nothing to draw from.`,
    help: () => "Give at least one sample of this sort, or set its share to 0.",
  },
  "batch-size": {
    kind: "internal",
    message: ({ where, expected, received }: { where: string; expected: number; received: number }) =>
      `Batch, ${where}: expected ${expected} values, received ${received}.`,
    help: () => "All samples of a batch have one size, and the output holds all of them.",
  },
  "image-empty": {
    kind: "input",
    message: ({ name }: { name: string }) => `${name}: expected a picture, received an empty file.`,
    help: () => "Copy or download the file again: it holds no bytes.",
  },
  "image-unknown-format": {
    kind: "input",
    message: ({ name, received }: { name: string; received: string }) =>
      `${name}: expected JPEG, PNG, WebP or AVIF, received ${received}.`,
    help: () => "Give a picture file; the format is found by the first bytes, whatever the file is called.",
  },
  "image-unsupported": {
    kind: "input",
    message: ({ name, received }: { name: string; received: string }) =>
      `${name}: expected JPEG, PNG, WebP or AVIF of one picture, received ${received}.`,
    help: () => "Convert it to JPEG or PNG first.",
  },
  "image-truncated": {
    kind: "input",
    message: ({ name, format, detail }: ImageDetail) => `${name}: this ${format} file was cut short: ${detail}.`,
    help: () => "Copy or download the file again: a part of it is missing.",
  },
  "image-broken": {
    kind: "input",
    message: ({ name, format, detail }: ImageDetail) => `${name}: this ${format} file is damaged: ${detail}.`,
    help: () => "Copy or download the file again, or open it in an image editor and save it anew.",
  },
  "image-too-large": {
    kind: "input",
    message: ({ name, width, height, maxPixels }: { name: string; width: number; height: number; maxPixels: number }) =>
      `${name}: expected at most ${maxPixels} pixels, received ${width} x ${height} = ${width * height}.`,
    help: () => "Shrink the picture first, or raise maxPixels where there is the memory (about 15 bytes a pixel).",
  },
  "image-zero-size": {
    kind: "input",
    message: ({ name, width, height }: { name: string; width: number; height: number }) =>
      `${name}: expected at least 1 x 1 pixels, received ${width} x ${height}.`,
    help: () => "Give a picture that has pixels; this file's header says that it has none.",
  },
  "image-needs-native": {
    kind: "missing",
    message: ({ name, received }: { name: string; received: string }) =>
      `${name}: ${received} is read by the package sharp only, and sharp is not here.`,
    help: () => "Run `npm install sharp` (Node only), or save the picture as RGB.",
  },
  "image-codec": {
    kind: "internal",
    message: ({ name, format, detail }: ImageDetail) => `${name}: the ${format} codec could not be started: ${detail}.`,
    help: () => "Install the dependencies again (npm ci); in a page, serve the codecs' wasm files (setCodecLocation).",
  },
  "image-encode": {
    kind: "internal",
    message: ({ format, detail }: { format: string; detail: string }) => `Encoding ${format} failed: ${detail}.`,
    help: () => "The picture may be too large for the codec's memory: shrink it first.",
  },
  "image-file-missing": {
    kind: "missing",
    message: ({ path }: { path: string }) => `"${path}" does not exist.`,
    help: () => "Check the path and the working directory.",
  },
  "image-file-is-directory": {
    kind: "input",
    message: ({ path }: { path: string }) => `"${path}": expected a picture file, received a directory.`,
    help: () => "Name a file in it.",
  },
  "image-file-unreadable": {
    kind: "input",
    message: ({ path, reason }: { path: string; reason: string }) => `"${path}" cannot be read: ${reason}.`,
    help: () => "Check the file's permissions and its disk.",
  },
  "image-argument": {
    kind: "input",
    message: ({ where, expected, received }: DataDetail) => `${where}: expected ${expected}, received ${received}.`,
    help: () => "Correct this argument.",
  },
  "transform-degenerate": {
    kind: "input",
    message: ({ where, expected, received }: DataDetail) => `${where}: expected ${expected}, received ${received}.`,
    help: () => "Give points that do not all coincide, and matrices that can be inverted.",
  },
  "calibration-rows": {
    kind: "input",
    message: ({ where, expected, received }: DataDetail) => `${where}: expected ${expected}, received ${received}.`,
    help: () => "Give the logits of the validation samples and one target row for each, with a share for every class.",
  },
  "card-missing": {
    kind: "input",
    message: (d: { name: string }) => `${d.name} has no card (metadata "fovea.card").`,
    help: () => "Use a model that Fovea trained, or wrap a foreign file with a card: see docs/models.md.",
  },
  "training-pictures-invalid": {
    kind: "input",
    message: (d: { name: string; detail: string }) =>
      `${d.name}: its list of training pictures cannot be read: ${d.detail}.`,
    help: () => "fetch the model again, or write the list anew by training.",
  },
  "card-invalid": {
    kind: "input",
    message: (d: { name: string; detail: string }) => `The card of ${d.name} cannot be used: ${d.detail}`,
    help: () => "The file was made by another version or was changed; take the shipped one again, or train it anew.",
  },
  "group-pattern": {
    kind: "input",
    message: (d: { pattern: string; detail: string }) =>
      `The rule of groups "${d.pattern}": expected a regular expression with a capture that fits the name of every picture; ${d.detail}.`,
    help: () => "Try the pattern on a name such as train/cats/IMG_12.jpg; what stands in parentheses makes the group.",
  },
  "own-data": {
    kind: "input",
    message: (d: { where: string; expected: string; received: string }) =>
      `${d.where}: expected ${d.expected}, received ${d.received}.`,
    help: () => 'See docs/training.md, "Your own pictures", for the layouts that can be trained on.',
  },
  "start-file": {
    kind: "input",
    message: (d: { file: string; expected: string; received: string }) =>
      `${d.file} (model.from): expected ${d.expected}, received ${d.received}.`,
    help: () =>
      "Name a model of Fovea, or an .onnx file of one picture input; model.from.features names the value to learn from.",
  },
  "recipe-missing": {
    kind: "missing",
    message: (d: { path: string }) => `There is no recipe at ${d.path}.`,
    help: () => "Shipped recipes are recipes/NAME/recipe.yaml; paths start at the folder where you are.",
  },
  "recipe-invalid": {
    kind: "input",
    message: (d: { path: string; detail: string }) => `${d.path}: ${d.detail}`,
    help: () => "Mend the named value; the shipped recipes show every one of them.",
  },
  "recipe-data": {
    kind: "missing",
    message: (d: { folder: string; looked: string }) =>
      `Data folder "${d.folder}" was not found; looked in ${d.looked}.`,
    help: () => "Put the data there, or name the folder that holds it: --data DIR.",
  },
  "run-finished": {
    kind: "conflict",
    message: (d: { run: string }) => `The run in ${d.run} has ended: its model is written.`,
    help: () => "Start over with --fresh, or name another folder with --run DIR.",
  },
  "run-missing": {
    kind: "missing",
    message: (d: { run: string }) => `There is nothing to resume in ${d.run}.`,
    help: () => "Leave --resume out to start a new run, or name the run's folder with --run DIR.",
  },
  "run-changed": {
    kind: "conflict",
    message: (d: { run: string; what: string }) => `The run in ${d.run} was started with another ${d.what}.`,
    help: () => "Go on with what it was started with, start over with --fresh, or name another folder with --run DIR.",
  },
  "run-folder": {
    kind: "input",
    message: (d: { run: string; detail: string }) => `The folder ${d.run} cannot hold a run: ${d.detail}.`,
    help: () => "Name a folder that can be written: --run DIR.",
  },
  "checkpoint-invalid": {
    kind: "conflict",
    message: (d: { path: string; detail: string }) => `The checkpoint ${d.path} cannot be read: ${d.detail}.`,
    help: () => "Start over with --fresh.",
  },
  "loader-ended": {
    kind: "internal",
    message: (d: { recipe: string }) => `${d.recipe}: the thread that makes the batches has ended.`,
    help: () =>
      "The machine may be out of memory: close other programs or make the batch smaller, then run the same command again.",
  },
  "fingerprints-ended": {
    kind: "internal",
    message: (d: { picture: string }) => `The thread that reads pictures has ended at or after "${d.picture}".`,
    help: () => "The machine may be out of memory: close other programs, then run the same command again.",
  },
  "training-diverged": {
    kind: "conflict",
    message: (d: { step: number; loss: number; norm: number; rate: number }) =>
      `Training diverged at step ${d.step}: loss ${d.loss}, gradient norm ${d.norm}, learning rate ${d.rate.toPrecision(3)}.`,
    help: () =>
      "Lower the learning rates or lengthen the warm-up in the recipe, or set clip_norm; then start with --fresh. The last checkpoint is from before this step.",
  },
  "training-stopped": {
    kind: "cancelled",
    message: (d: { step: number; steps: number; run: string }) =>
      `Stopped at step ${d.step} of ${d.steps}; everything is saved in ${d.run}.`,
    help: () => "Run the same command again to go on.",
  },
  "card-task": {
    kind: "input",
    message: (d: { name: string; expected: string; received: string }) =>
      `The model ${d.name} should have a ${d.expected} task, its card tells of ${d.received}.`,
    help: () => "Name a model that was trained for this; `fovea models` lists their tasks.",
  },
  "classes-differ": {
    kind: "input",
    message: (d: { name: string; task: string; data: string; expected: string; received: string }) =>
      `${d.name}, task ${d.task}: expected data with the classes ${d.expected}, received ${d.data} with ${d.received}.`,
    help: () => "Name a data set with the labels of the model, or map them with the reader's options.",
  },
  "grid-invalid": {
    kind: "input",
    message: ({ where, detail }: { where: string; detail: string }) => `The grid ${where} is not valid: ${detail}.`,
    help: () =>
      "Give values for a field of the recipe: --set training.batch=64,128, or a YAML file with a list a field.",
  },
});
