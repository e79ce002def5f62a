// Expected values by hand.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { protocolOf, seededRandom, votedTarget } from "@foveajs/evaluation";
import { openDataset } from "@foveajs/vision";
import type { Subject } from "../models/subject.ts";
import { releaseFiles } from "../node/release.ts";
import { runOperation } from "../operation.ts";
import { evaluate } from "./evaluate.ts";
import type { Evaluation } from "./evaluation.ts";
import { fakeContext } from "./fake-context.test.support.ts";

const shared = process.env.FOVEA_SHARED ?? fileURLToPath(new URL("../../../../../shared", import.meta.url));
const ferFolder = join(shared, "data", "fer2013");
const mtflFolder = join(shared, "data", "mtfl");
const groupsFolder = join(shared, "data", "group_photos");
const modelsFolder = fileURLToPath(new URL("../../../../models", import.meta.url));
const absent = [
  mtflFolder,
  groupsFolder,
  ...["face-detector", "face-reader"].map((name) => join(modelsFolder, `${name}.onnx`)),
].filter((path) => !existsSync(path));
const needsPipeline = { skip: absent.length > 0 && `not here: ${absent.join(", ")}` };
const needsFer = { skip: !existsSync(ferFolder) && `not here: ${ferFolder} (set FOVEA_SHARED)` };

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-evaluate-"));
  for (const part of ["ck", "mtfl", "faces", "points", "classes"]) await mkdir(join(folder, part));
  await writeFile(
    join(folder, "ck", "labels.csv"),
    "file,emotion,subject,sequence,frame_from_peak\na.png,happy,S1,S1_1,0\nb.png,anger,S2,S2_1,0\nc.png,happy,S3,S3_1,0\n",
  );
  const points = ["left_eye", "right_eye", "nose", "mouth_left", "mouth_right"].flatMap((name) => [
    `${name}_x`,
    `${name}_y`,
  ]);
  await writeFile(
    join(folder, "mtfl", "labels.csv"),
    `file,source,original_file,head_pose,${points}\na.png,aflw,aflw/1.jpg,3,10,10,20,10,15,15,10,20,20,20\n` +
      "b.png,aflw,aflw/2.jpg,3,80,80,90,80,85,85,80,90,90,90\n",
  );
  await writeFile(
    join(folder, "faces", "faces.csv"),
    "file,box_x,box_y,box_w,box_h\na.png,0,0,30,30\nb.png,70,70,30,30\n",
  );
  await writeFile(join(folder, "classes", "labels.csv"), "file,kind\na.png,x\nb.png,y\n");
});
after(() => rm(folder, { recursive: true }));

const labels = ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"];
const face = {
  box: { x: 0, y: 0, width: 30, height: 30 },
  score: 0.9,
  points: { left_eye: [10, 10], right_eye: [20, 10], nose: [15, 15], left_mouth: [10, 20], right_mouth: [20, 22] },
  // neutral is no class of CK+: without it anger leads
  readings: {
    expression: {
      label: "neutral",
      scores: Object.fromEntries(labels.map((label) => [label, { neutral: 0.6, anger: 0.3 }[label] ?? 0])),
    },
    mask: { label: "yes", scores: { no: 0.2, yes: 0.8 } }, // of the classes of a smile, and no answer to it
  },
  values: {},
  eyes: {},
} as const;

/** Below the threshold of the model. */
const doubtful = { ...face, score: 0.6, box: { ...face.box, x: 200 } };

/** A pipeline that finds one face in every picture but c.png, and a model that takes every crop for happiness. */
function setUp({ without = [] }: { without?: readonly (keyof Subject)[] } = {}) {
  const seen = { disposed: 0, thresholds: [] as (number | undefined)[] };
  const subject: Subject = {
    name: "fake",
    sha256: "f".repeat(64),
    device: "fake",
    classifiers: [
      {
        name: "expression",
        labels,
        classify: async (images) => images.map(() => labels.map((label) => (label === "happiness" ? 2 : 0))),
      },
    ],
    finder: {
      threshold: 0.7,
      pointNames: Object.keys(face.points),
      find: async (image, { threshold }) => {
        seen.thresholds.push(threshold);
        return image.width === 3 ? [] : [face, doubtful];
      },
    },
    reader: {
      tasks: [{ name: "expression", labels }],
      values: [],
      pointNames: Object.keys(face.points),
      read: async (image) => (image.width === 3 ? [] : [face]),
    },
    dispose: async () => void seen.disposed++,
  };
  const openSubject = async () =>
    Object.fromEntries(
      Object.entries(subject).map(([key, value]) => [
        key,
        without.includes(key as keyof Subject) ? (key === "classifiers" ? [] : undefined) : value,
      ]),
    ) as unknown as Subject;
  const context = fakeContext({
    parts: {
      openSubject,
      createPictureLoader: () => async (picture) => {
        const width = "file" in picture ? "abc".indexOf(picture.file[0]!) + 1 : 0;
        return { width, height: 1, order: "gray", data: new Uint8Array(width) };
      },
      commit: async () => "c".repeat(40),
      machine: () => ({
        cpu: "a cpu",
        cores: 3,
        platform: "linux x64",
        node: "20.19.0",
        memoryBytes: 1,
        freeMemoryBytes: 1,
      }),
    },
  });
  return { seen, context };
}

async function collect(input: Record<string, unknown>, { context } = setUp()): Promise<Evaluation[]> {
  const results: Evaluation[] = [];
  for await (const result of runOperation(evaluate, { subject: "face", ...input }, context)) {
    results.push(evaluate.output.parse(result));
  }
  return results;
}

const values = ({ metrics }: Evaluation) =>
  Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value]));

test("a pipeline on faces with a class: a line a mode, columns of other classes left out, the missed face wrong", async () => {
  const { seen, context } = setUp();
  const [direct, whole, ...rest] = await collect(
    { protocol: "ckplus", data: join(folder, "ck"), seed: 3 },
    { seen, context },
  );
  assert.ok(direct && whole && rest.length === 0);
  const { metrics, split, ...told } = direct;
  assert.deepEqual(told, {
    protocol: "ckplus",
    mode: "direct",
    missed: 0,
    split_check: "not an official part",
    leak_check: "no list in the card",
    model: { name: "fake", sha256: "f".repeat(64) },
    seed: 3,
    commit: "c".repeat(40),
    command: "fovea evaluate face --protocol ckplus --data ck --seed 3",
    machine: { cpu: "a cpu", cores: 3, platform: "linux x64", node: "20.19.0", device: "fake" },
  });
  assert.deepEqual([split.name, split.count, split.sha256.length], ["last3", 3, 64]);
  assert.equal(metrics.accuracy?.value, 2 / 3);
  assert.deepEqual([whole.mode, whole.missed], ["end_to_end", 1]);
  // a.png and b.png are called anger, c.png is missed: of happy 0 of 2, of anger F1 = 2/3
  assert.deepEqual([whole.metrics.accuracy?.value, whole.metrics.macro_f1?.value], [1 / 3, 1 / 3]);
  // happy had no probability: infinite, and JSON has no such number
  assert.equal(whole.metrics.nll?.value, null);
  assert.match(whole.metrics.nll?.reason ?? "", /infinite/);
  assert.equal(seen.disposed, 1);
});

test("the same command gives the same bytes; another seed, other intervals and the same values", async () => {
  const run = async (seed: number) => collect({ protocol: "ckplus", data: join(folder, "ck"), seed });
  const [once, again, other] = [await run(0), await run(0), await run(1)];
  assert.equal(JSON.stringify(once), JSON.stringify(again));
  assert.deepEqual(other.map(values), once.map(values));
});

test("points: the face around the labelled points answers, a picture without one is a failure", async () => {
  const [result] = await collect({ protocol: "mtfl", data: join(folder, "mtfl") });
  assert.ok(result);
  // a.png: only the right corner of the mouth is off, by 2 of 10, over 5 points; b.png: the find is far from the points
  assert.deepEqual([result.mode, result.missed], ["end_to_end", 1]);
  assert.ok(Math.abs(result.metrics.mean_error!.value! - 0.2 / 5) < 1e-12);
  assert.equal(result.metrics.failure_rate?.value, 0.5);
  assert.deepEqual(result.metrics.pose_accuracy, { value: null, interval: [null, null], reason: "no pose was told" });
  assert.equal(result.metrics.smile_accuracy?.reason, "no smile was told");
});

test("boxes: all finds are asked for, recall is at the model's threshold", async () => {
  const setting = setUp();
  const [result] = await collect({ protocol: "faces", data: join(folder, "faces") }, setting);
  assert.ok(result);
  // the hit and the false find have one score, so that they enter together: precision 1/2 up to recall 1/2
  assert.deepEqual(values(result), { recall: 0.5, precision: 0.5, false_faces_per_image: 0.5, ap: 0.25 });
  assert.equal(result.missed, 1);
  assert.deepEqual(setting.seen.thresholds, [0.02, 0.02]);
});

test("predictions of any tool: the same code; mode, threshold and overlap as told", async () => {
  const file = join(folder, "finds.csv");
  await writeFile(file, "file,x,y,width,height,score\na.png,0,0,30,30,0.9\nb.png,75,75,30,30,0.4\n");
  const scored = (input: Record<string, unknown>) =>
    collect({ subject: file, protocol: "faces", data: join(folder, "faces"), ...input });
  const [usual] = await scored({});
  assert.deepEqual([usual?.mode, usual?.model.name, usual?.metrics.recall?.value], ["end_to_end", "finds.csv", 0.5]);
  // by sha256sum (GNU coreutils)
  assert.equal(usual?.model.sha256, "f8480f0cb82a73e064649e3d0bf7cf193a46e878123884bcbbd59fd58f6ff4ca");
  // b.png: 25 * 25 shared of 2 * 900 - 625, 0.53
  assert.equal((await scored({ threshold: 0.4 }))[0]?.metrics.recall?.value, 1);
  assert.equal((await scored({ threshold: 0.4, iou: 0.6 }))[0]?.metrics.recall?.value, 0.5);
  const classes = join(folder, "classes.csv");
  await writeFile(classes, "id,label\na.png,happy\nb.png,\nc.png,happy\n");
  const [missed] = await collect({
    subject: classes,
    protocol: "ckplus",
    data: join(folder, "ck"),
    mode: "end_to_end",
  });
  assert.deepEqual([missed?.mode, missed?.missed, missed?.metrics.accuracy?.value], ["end_to_end", 1, 2 / 3]);
});

test("what a subject cannot answer is said, with what it tells and what was expected, and it is closed", async () => {
  const refused = async (input: Record<string, unknown>, message: RegExp, setting = setUp()) => {
    await assert.rejects(collect(input, setting), { code: "operations/cannot-answer", message });
    assert.equal(setting.seen.disposed, 1);
  };
  await writeFile(
    join(folder, "points", "labels.csv"),
    `file,set,original_file,${Array.from({ length: 68 }, (_, i) => `x${i},y${i}`)}\na.png,helen_test,1_1.jpg${",1".repeat(136)}\n`,
  );
  await refused(
    { protocol: "landmarks68", data: join(folder, "points") },
    /68 points \(0, 1, 2 \.\.\. 67\), received .* 5 points/,
  );
  await refused(
    { protocol: "folder", data: join(folder, "classes") },
    /the classes x, y, received the classes neutral/,
  );
  const bare = () => setUp({ without: ["classifiers", "finder", "reader"] });
  await refused(
    { protocol: "faces", data: join(folder, "faces") },
    /boxes of faces, received a model that tells none/,
    bare(),
  );
  await refused(
    { protocol: "ckplus", data: join(folder, "ck"), mode: "end_to_end" },
    /mode end_to_end, received only direct/,
    setUp({ without: ["reader"] }),
  );
});

test("a folder or file that is not there is named; a stop is a stop", async () => {
  const none = join(folder, "none");
  await assert.rejects(collect({ protocol: "faces", data: none }), { code: "operations/missing-file" });
  await assert.rejects(collect({ subject: `${none}.csv`, protocol: "faces", data: join(folder, "faces") }), {
    code: "operations/missing-file",
  });
  const stop = new AbortController();
  stop.abort();
  const context = { ...setUp().context, signal: stop.signal };
  await assert.rejects(collect({ protocol: "faces", data: join(folder, "faces") }, { context, seen: setUp().seen }), {
    code: "operations/cancelled",
  });
});

test("FER+: the same pictures and classes as the reader that training has", needsFer, async () => {
  const found = await protocolOf("ferplus").read(releaseFiles(ferFolder), { part: "valid" });
  assert.ok(found.kind === "classification");
  const dataset = await openDataset("fer2013", ferFolder, { options: { labels: "majority" } });
  const valid = dataset.samples.filter(({ split }) => split === "valid");
  assert.deepEqual(new Set(found.samples.map(({ id }) => `valid/${id}`)), new Set(valid.map(({ id }) => id)));
  const logits = new Map(
    valid.map(({ id, labels }) => {
      const label = labels.expression;
      const index = label?.kind === "class" ? label.index : -1;
      return [id.slice("valid/".length), found.classes.map((_, c) => (c === index ? 5 : 0))];
    }),
  );
  const { metrics } = found.score({ labels: found.classes, logits, hasProbabilities: true }, { seed: 0, resamples: 1 });
  assert.equal(metrics.accuracy?.value, 1);
});

test("FER+: votes become the same targets as those of the reader that training has", async () => {
  const random = seededRandom(7);
  // ten votes of three columns, the first of them favoured: most have a majority, unknown and not a face among them
  const rows = Array.from({ length: 500 }, () => {
    const columns = Array.from({ length: 3 }, () => Math.floor(random() * 10));
    const votes = new Array<number>(10).fill(0);
    for (let vote = 0; vote < 10; vote++) votes[columns[Math.floor(random() ** 2 * 3)]!]!++;
    return votes;
  });
  const data = join(folder, "votes");
  await mkdir(data);
  const columns = [...labels, "unknown", "NF"].map((name) => `ferplus_${name}`);
  const lines = rows.map((votes, row) => `${row},train,train_00.png,${row},0,released,0,${votes}`);
  const header = `row,split,sheet,tile,emotion,pixels,near_publictest,${columns}`;
  await writeFile(join(data, "labels.csv"), [header, ...lines].join("\n"));
  const open = async (mode: string) => {
    const { samples } = await openDataset("fer2013", data, { options: { labels: mode } });
    return new Map(samples.map(({ id, labels: { expression } }) => [id, expression]));
  };
  const [majority, shares] = [await open("majority"), await open("votes")];
  const told = rows.map(votedTarget);
  assert.ok(told.filter((target) => target !== undefined).length > 200 && told.includes(undefined));
  told.forEach((target, row) => {
    const id = `train/${row}`;
    assert.deepEqual(majority.get(id), target && { kind: "class", index: target.target }, `${rows[row]}`);
    if (!target) return;
    const read = shares.get(id);
    assert.ok(read?.kind === "distribution", `${rows[row]}`);
    assert.ok(
      target.shares.every((share, c) => Math.abs(share - read.values[c]!) < 1e-12),
      `${rows[row]}`,
    );
  });
});

test("the shipped model on a few real tiles: read from their sheet, by name and by file", needsFer, async () => {
  const few = join(folder, "fer");
  await mkdir(few);
  const [header, ...rows] = (await readFile(join(ferFolder, "labels.csv"), "utf8")).split("\n");
  const valid = rows.filter((row) => row.includes(",valid,valid_00.png,")).slice(0, 96);
  await writeFile(join(few, "labels.csv"), [header, ...valid].join("\n"));
  await cp(join(ferFolder, "valid_00.png"), join(few, "valid_00.png"));
  const real = fakeContext();
  const context = { ...real, parts: { ...real.parts, commit: async () => null } };
  const input = { protocol: "ferplus", data: few, models: modelsFolder, threads: 1 };
  const [byName] = await collect({ ...input, subject: "expression" }, { context, seen: setUp().seen });
  const [byFile] = await collect(
    { ...input, subject: join(modelsFolder, "expression.onnx") },
    { context, seen: setUp().seen },
  );
  assert.match(byFile!.command, /^fovea evaluate expression\.onnx --protocol ferplus --data fer /);
  assert.equal(JSON.stringify(byName), JSON.stringify({ ...byFile, command: byName?.command }));
  assert.equal(byName?.commit, null);
  // 86 % on all; on some eighty, five deviations are 0.19
  assert.ok(byName!.metrics.accuracy!.value! > 0.67, `${byName?.metrics.accuracy?.value}`);
});

test(
  "the shipped pipeline on group photographs; its hash is that of its models' checksums",
  needsPipeline,
  async () => {
    const real = fakeContext();
    const context = { ...real, parts: { ...real.parts, commit: async () => null } };
    const input = { subject: "face", protocol: "faces", data: groupsFolder, models: modelsFolder, threads: 1 };
    const [result, ...rest] = await collect(input, { context, seen: setUp().seen });
    assert.equal(rest.length, 0);
    const { split, metrics } = result!;
    // 43 of 45 faces, none of them false
    assert.ok(split.count === 9 && metrics.recall!.value! > 0.85 && metrics.ap!.value! > 0.85, JSON.stringify(result));
    const hash = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");
    const lines = await Promise.all(
      ["face-detector.onnx", "face-reader.onnx"].map(
        async (name) => `${hash(await readFile(join(modelsFolder, name)))}  ${name}\n`,
      ),
    );
    assert.deepEqual(result!.model, { name: "face", sha256: hash(lines.join("")) });
  },
);

test("the shipped reader on a few annotated faces that it was not trained on", needsPipeline, async () => {
  const few = join(folder, "few");
  await mkdir(join(few, "images"), { recursive: true });
  const [header, ...rows] = (await readFile(join(mtflFolder, "labels.csv"), "utf8")).split("\n");
  const chosen = rows.slice(0, 200); // a tenth of them was held out
  await writeFile(join(few, "labels.csv"), [header, ...chosen].join("\n"));
  for (const [file = ""] of chosen.map((row) => row.split(","))) await cp(join(mtflFolder, file), join(few, file));
  const input = {
    subject: "face-reader",
    protocol: "mtfl",
    data: few,
    models: modelsFolder,
    threads: 1,
    leaks: "leave_out",
  };
  const [result, ...rest] = await collect(input, { context: fakeContext(), seen: setUp().seen });
  assert.equal(rest.length, 0);
  const { mode, split, missed, metrics } = result!;
  assert.deepEqual([mode, missed], ["direct", 0]);
  // 3.6 % on all that were held out; a reader that is given another face errs by a third and more
  assert.ok(split.count >= 8 && metrics.mean_error!.value! < 0.06, JSON.stringify(result));
  for (const name of ["pose_accuracy", "smile_accuracy", "glasses_accuracy"]) {
    assert.ok(metrics[name]!.value! > 0.7, `${name}: ${JSON.stringify(result)}`);
  }
});
