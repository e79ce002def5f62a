import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

// The real program in a process of its own, over the parts of fake-main.test.support.ts.
const program = fileURLToPath(new URL("fake-main.test.support.js", import.meta.url));
let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-cli-"));
  await mkdir(join(folder, "photos/inner"), { recursive: true });
  await mkdir(join(folder, "empty"));
  await mkdir(join(folder, "models"));
  await writeFile(join(folder, "photos/a.jpg"), "2");
  await writeFile(join(folder, "photos/inner/b.PNG"), "0");
  await writeFile(join(folder, "broken.jpg"), "x");
  await writeFile(join(folder, "slow.jpg"), "s");
  for (const name of ["good", "off", "cut"]) await writeFile(join(folder, `models/${name}.onnx`), name);
});
after(() => rm(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], env: Record<string, string> = {}) {
  const { NO_COLOR, FORCE_COLOR, ...rest } = process.env;
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { ...rest, XDG_CACHE_HOME: join(folder, "cache"), ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  const ended = once(child, "close").then(([code]): Ended => ({ code: code as number | null, stdout, stderr }));
  return { child, ended };
}

const fovea = (...args: string[]): Promise<Ended> => {
  const { child, ended } = start(args);
  child.stdin.end();
  return ended;
};

const parseLines = (text: string): Record<string, unknown>[] =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test("analyze --json: one object a picture, as documented, exit 0", async () => {
  const { code, stdout, stderr } = await fovea("analyze", "photos", "--json");
  assert.equal(code, 0);
  assert.equal(stderr, "");
  const [first, second, ...more] = parseLines(stdout);
  assert.equal(more.length, 0);
  assert.deepEqual(Object.keys(first ?? {}), ["file", "width", "height", "faces", "milliseconds"]);
  assert.equal(first?.file, "photos/a.jpg");
  assert.deepEqual((first?.faces as unknown[] | undefined)?.[0], {
    box: { x: 10.13, y: 20, width: 30, height: 40 },
    score: 0.9877,
    points: { left_eye: [20, 30], right_eye: [32, 30], nose: [26, 38], left_mouth: [21, 48], right_mouth: [31, 48] },
    landmarks: [
      [20, 30],
      [32, 30],
    ],
    expression: { label: "happiness", scores: { neutral: 0.05, happiness: 0.92, surprise: 0.03 } },
    smile: { label: "yes", scores: { no: 0.25, yes: 0.75 } },
    valence: 0.6123,
    arousal: -0.2,
    eye: {
      left: { label: "open", scores: { closed: 0.1, open: 0.9 } },
      right: { label: "closed", scores: { closed: 0.8, open: 0.2 } },
    },
  });
  assert.equal(second?.file, "photos/inner/b.PNG");
  assert.deepEqual(second?.faces, []);
});

test("analyze for people: faces with bars, totals, and failures with help; exit 1", async () => {
  const { code, stdout, stderr } = await fovea("analyze", "photos/a.jpg", "broken.jpg", "nowhere.jpg", "empty");
  assert.equal(code, 1);
  assert.match(stdout, /photos\/a\.jpg {2}100 x 80 {2}2 faces/);
  assert.match(stdout, /1 {2}30 x 40 at 10, 20 {2}99% {2}happiness {2}█████████▎ {2}92% {2}smile yes 75%, /);
  assert.match(stdout, /eyes open left, closed right, valence \+0\.6, arousal -0\.2 \(derived\)\n/);
  assert.match(stdout, /total: 4 images, 2 faces, 3 failed, .* on fake, 1 thread\n$/);
  assert.match(stderr, /error operations\/missing-file: there is no file or folder "nowhere\.jpg"\.\nhelp: /);
  assert.match(stderr, /error operations\/empty-folder: the folder "empty" holds no image/);
  assert.doesNotMatch(stderr, / at .*\.js/, "a stack trace without --debug");
});

test("nothing could be read: exit 3, each failure in its place", async () => {
  const { code, stdout } = await fovea("analyze", "nowhere.jpg", "broken.jpg", "--json");
  assert.equal(code, 3);
  const lines = parseLines(stdout) as { file: string; error: { code: string } }[];
  assert.deepEqual(
    lines.map(({ file, error }) => [file, error.code]),
    [
      ["nowhere.jpg", "operations/missing-file"],
      ["broken.jpg", "fovea/unexpected"],
    ],
  );
});

test("--debug prints the stack", async () => {
  const { stderr } = await fovea("analyze", "broken.jpg", "--debug");
  assert.match(stderr, /broken\.jpg is no image\n +at /);
});

test("- reads standard input", async () => {
  const { child, ended } = start(["analyze", "-", "--json"]);
  child.stdin.end("1");
  const { code, stdout } = await ended;
  assert.equal(code, 0);
  assert.equal(parseLines(stdout)[0]?.file, "-");
});

test("wrong usage: exit 2 and the nearest suggestion", async () => {
  const cases: [string[], RegExp, RegExp?][] = [
    [["analyse", "a.jpg"], /error cli\/unknown-verb: .*"analyse"/, /did you mean "fovea analyze"/],
    [["analyze", "a.jpg", "--treshold", "0.5"], /error cli\/unknown-flag: .*--treshold/, /did you mean --threshold/],
    [["analyze", "a.jpg", "--threshold", "2"], /--threshold expects a number from 0 to 1, received 2\./],
    [["analyze", "a.jpg", "--threshold", "high"], /--threshold expects a number from 0 to 1, received "high"\./],
    [["analyze", "a.jpg", "--threads", "1.5"], /--threads expects a whole number from 1 to 256, received 1.5\./],
    [["analyze", "a.jpg", "--overlay", "--json"], /--overlay expects a text, received nothing\./],
    [["evaluate", "face", "--data", "x"], /--protocol expects one of ferplus, .*, received nothing\./],
    [["evaluate", "face", "--protocol", "faces", "--data", "x", "--target-fpr", "1"], /--target-fpr goes with/],
    [["analyze"], /"fovea analyze" expects at least one FILE/],
    [["doctor", "x"], /error cli\/extra-argument: .*"x"/],
    [["train", "r.yaml", "--fresh", "--resume"], /exclude each other/],
    [["analyze", "a.jpg", "--json=yes"], /error cli\/unexpected-value/],
  ];
  for (const [args, message, help] of cases) {
    const { code, stdout, stderr } = await fovea(...args);
    assert.equal(code, 2, args.join(" "));
    assert.equal(stdout, "");
    assert.match(stderr, message);
    assert.match(stderr, /\nhelp: .+\n$/);
    if (help) assert.match(stderr, help);
  }
});

test("models verify: a difference is exit 4, a file cut short alone exit 1", async () => {
  const all = await fovea("models", "verify", "--models", "models", "--json");
  assert.equal(all.code, 4);
  const lines = parseLines(all.stdout);
  assert.deepEqual(
    lines.map(({ name, matches }) => [name, matches]),
    [
      ["cut", true],
      ["good", true],
      ["off", false],
    ],
  );
  assert.equal((await fovea("models", "verify", "good", "--models", "models")).code, 0);
  const listed = await fovea("models", "--models", "models");
  assert.equal(listed.code, 1);
  assert.match(listed.stdout, /good +4 B .*\n +tasks +expression\n/);
  assert.match(listed.stdout, /cut +the file is cut short/);
  const unknown = await fovea("models", "show", "goof", "--models", "models");
  assert.equal(unknown.code, 3);
  assert.match(unknown.stderr, /error operations\/missing-model: .*known: cut, good, off/);
});

test("train streams events as JSON, and rows for people", async () => {
  const { code, stdout } = await fovea("train", "recipe.yaml", "--fresh", "--json");
  assert.equal(code, 0);
  const lines = parseLines(stdout);
  assert.deepEqual(
    lines.map(({ type }) => type),
    ["start", "step", "checkpoint", "epoch", "done", "report"],
  );
  assert.equal(lines[0]?.run, "runs/fresh");
  const text = await fovea("train", "recipe.yaml");
  assert.match(
    text.stdout,
    /epoch 1\/1 {2}loss 0\.5000 .*\n {2}expression {2}loss {2}0\.5000 {2}accuracy {2}75\.0 %\n/,
  );
  const failed = await fovea("train", "missing", "--json");
  assert.equal(failed.code, 3);
  assert.equal((parseLines(failed.stdout)[0]?.error as { message: string } | undefined)?.message, "no such recipe");
});

test("train on pictures of your own tells what was chosen, why, and what cannot be read", async () => {
  const { code, stdout } = await fovea("train", "--images", "pets");
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^size {4}64 pixels {2}the time allows it\nepochs {2}9 {2}so\n2 pictures cannot be read and are left out:\n {2}a\.jpg: it is empty\n/,
  );
  assert.match(stdout, /\nrecipe runs\/pets\/recipe\.yaml\n/);
  const neither = await fovea("train");
  assert.equal(neither.code, 2);
  assert.match(neither.stderr, /expected a recipe, or one of --images, .*received none/);
});

test("Ctrl-C: the checkpoint still comes, exit 130", async () => {
  const { child, ended } = start(["train", "endless", "--json"]);
  await once(child.stdout, "data");
  child.kill("SIGINT");
  const { code, stdout } = await ended;
  assert.equal(code, 130);
  assert.ok(parseLines(stdout).some(({ type }) => type === "checkpoint"));
});

test("a second Ctrl-C ends at once", async () => {
  const { child, ended } = start(["analyze", "photos/a.jpg", "slow.jpg"]);
  await once(child.stdout, "data");
  child.kill("SIGINT");
  await new Promise((resolve) => setTimeout(resolve, 200));
  child.kill("SIGINT");
  assert.equal((await ended).code, 130);
});

test("a closed pipe ends quietly", async () => {
  const many = Array.from({ length: 400 }, (_, index) => `missing-${index}.jpg`);
  const { child, ended } = start(["analyze", ...many, "--json"]);
  child.stdin.end();
  child.stdout.destroy();
  const { code, stderr } = await ended;
  assert.equal(stderr, "");
  assert.equal(code, 0);
});

test("colour only where it is wanted", async () => {
  const sequence = "\u001b[";
  assert.ok(!(await fovea("doctor")).stdout.includes(sequence));
  const forced = await start(["doctor"], { FORCE_COLOR: "1" }).ended;
  assert.ok(forced.stdout.includes(sequence));
  const refused = await start(["doctor"], { NO_COLOR: "1" }).ended;
  assert.ok(!refused.stdout.includes(sequence));
});

test("help and version: exit 0", async () => {
  const help = await fovea("train", "--help");
  assert.equal(help.code, 0);
  assert.equal(help.stdout, trainHelp);
  const product = await fovea("--help");
  assert.equal(product.code, 0);
  for (const verb of ["analyze", "train", "models verify", "doctor"]) assert.ok(product.stdout.includes(`  ${verb} `));
  assert.match((await fovea("--version")).stdout, /^fovea \d+\.\d+\.\d+\n$/);
});

const trainHelp = `Usage: fovea train [OPTIONS] [RECIPE]

Train a model from a recipe, or on pictures of your own; a run that was stopped goes on where it was.

Arguments:
  RECIPE  the recipe, recipes/NAME/recipe.yaml; absent with pictures of your own

Options:
  --images DIR      your own pictures: a folder for each class, beside each other or inside train,
                    val and test
  --coco FILE       your own pictures with boxes as COCO has them: a file of instances, or a folder
                    with annotations/
  --yolo DIR        your own pictures with boxes in YOLO's layout: data.yaml, or the folder with it
  --voc DIR         your own pictures with boxes in the layout of PASCAL VOC
  --csv FILE        a table with a picture in each row, and columns of labels; an empty cell is a
                    missing label
  --task TASK       columns of the table that make a task, NAME=COLUMN[,COLUMN...][:KIND], KIND
                    classification, multilabel or regression; when absent every column that looks
                    like a label
  --group-by REGEX  what belongs together and is never on both sides of the validation: a regular
                    expression over the pictures' names (its captures), or a column of the table
  --group-run N     groups are runs of so many pictures by the captured (?<number>...); a capture
                    (?<place>...) tells where each starts (a whole number of at least 1)
  --flip            also learn from mirror images
  --no-flip         never mirror; when neither is given the data decide, and say why
  --minutes N       time that your own pictures may take, from which their size and the number of
                    epochs follow (a number of at most 100000; default 10)
  --from MODEL      go on from a model: a name, or the path of any .onnx with a picture as its input
  --features NAME   value of that graph to learn from; what its last pooling reads when absent
  --freeze REGEX    weights of that model that stay as they are, a regular expression over their
                    names
  --name NAME       name of the model of your own pictures; after their folder when absent
  --run DIR         folder of the run: log, checkpoints and result; named after the recipe when
                    absent
  --data DIR        folder that holds the data sets' folders; data, or shared/data beside the
                    repository, when absent
  --resume          only go on with a run: an error where there is none
  --fresh           start over, even where an unfinished run could go on
  --seeds LIST      train the recipe once with each of these seeds, with commas between them, and
                    tell means with intervals
  --heads           fit only the heads, on the features of the model that the recipe starts from:
                    minutes, and each task has its own best epoch
  --find-rate       train nothing: raise the learning rate step by step, show how the loss answers,
                    and suggest a rate
  --models DIR      folder with .onnx models, looked through before the usual ones
  --device DEVICE   what computes the steps, cpu when absent; no operator leaves the GPU of webgpu
                    (one of cpu, webgpu)
  --threads N       threads of computation; as many as there are cores when absent (a whole number
                    from 1 to 256)

Everywhere:
  --json         one JSON object a line instead of text
  --debug        print stack traces with errors
  -h, --help     print this help
  -V, --version  print the version
`;
