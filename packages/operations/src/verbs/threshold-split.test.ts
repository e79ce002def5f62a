// Expected values by hand.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Subject } from "../models/subject.ts";
import { runOperation } from "../operation.ts";
import { evaluate } from "./evaluate.ts";
import type { Evaluation } from "./evaluation.ts";
import { fakeContext } from "./fake-context.test.support.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-threshold-"));
  for (const part of ["pairs", "faces", "others", "classes"]) await mkdir(join(folder, part));
  // two folds of two genuine and two impostor pairs
  const rows = [1, 2].flatMap((fold) =>
    [0, 1, 2, 3].map((i) => {
      const [a, b] = [`A${fold}${i}`, i < 2 ? `A${fold}${i}` : `B${fold}${i}`];
      return `${fold},${a},${a}_1.png,${b},${b}_2.png,${i < 2 ? 1 : 0}`;
    }),
  );
  await writeFile(join(folder, "pairs", "pairs.csv"), `fold,name_a,image_a,name_b,image_b,same\n${rows.join("\n")}\n`);
  const similarities = [0.9, 0.7, 0.8, 0.1, 0.75, 0.6, 0.85, 0.2];
  const told = rows.map((row, i) => `${row.split(",")[2]},${row.split(",")[4]},${similarities[i]}`);
  await writeFile(join(folder, "pairs.csv"), `image_a,image_b,similarity\n${told.join("\n")}\n`);
  await writeFile(
    join(folder, "faces", "faces.csv"),
    "file,box_x,box_y,box_w,box_h\na.png,0,0,10,10\nb.png,0,0,10,10\n",
  );
  await writeFile(join(folder, "others", "faces.csv"), "file,box_x,box_y,box_w,box_h\nc.png,0,0,10,10\n");
  await writeFile(join(folder, "classes", "labels.csv"), "file,kind,split\na.png,x,test\nb.png,y,valid\n");
  await writeFile(join(folder, "classes.csv"), "file,label\na.png,x\nb.png,y\n");
});
after(() => rm(folder, { recursive: true }));

async function collect(input: Record<string, unknown>, context = fakeContext({ parts: { commit: async () => null } })) {
  const results: Evaluation[] = [];
  for await (const result of runOperation(evaluate, input, context)) results.push(evaluate.output.parse(result));
  return results;
}

const pairs = () => ({ subject: join(folder, "pairs.csv"), protocol: "lfw", data: join(folder, "pairs") });

test("pairs: the threshold of one fold, the rates of the other; other rows of the file are passed over", async () => {
  const [result] = await collect({ ...pairs(), split: "folds_2", thresholdFrom: "folds_1", targetFpr: 0.5 });
  // of fold 1 the impostors have 0.8 and 0.1: one of the two may be accepted, and 0.7 is the lowest answer above the other
  assert.deepEqual(
    { ...result?.threshold, split: result?.threshold?.split.name },
    { value: 0.7, target: 0.5, reached: 0.5, split: "folds_1" },
  );
  // of fold 2: 0.85 is accepted and 0.2 is not; 0.75 is accepted and 0.6 is not
  assert.deepEqual([result?.metrics.false_accept_rate?.value, result?.metrics.false_reject_rate?.value], [0.5, 0.5]);
  assert.equal(result?.leak_check, "no card");
  assert.equal(
    result?.command,
    "fovea evaluate pairs.csv --protocol lfw --data pairs --split folds_2 --threshold-from folds_1 --target-fpr 0.5",
  );
});

test("pairs: without a threshold no rates at one; a threshold that is told is taken", async () => {
  const [plain] = await collect(pairs());
  assert.equal(plain?.metrics.false_accept_rate, undefined);
  const [told] = await collect({ ...pairs(), threshold: 0.82 });
  assert.deepEqual([told?.metrics.false_accept_rate?.value, told?.metrics.false_reject_rate?.value], [0.25, 0.75]);
});

test("one split for both is refused, by name, by a common sample and by a copy of the labels", async () => {
  const both = { code: "operations/same-split" };
  await assert.rejects(collect({ ...pairs(), split: "folds_1", thresholdFrom: "folds_1", targetFpr: 0.1 }), both);
  await assert.rejects(collect({ ...pairs(), thresholdFrom: "folds_1", targetFpr: 0.1 }), both);
  await mkdir(join(folder, "copy"));
  await writeFile(join(folder, "copy", "pairs.csv"), await readFile(join(folder, "pairs", "pairs.csv")));
  await assert.rejects(collect({ ...pairs(), thresholdData: join(folder, "copy"), targetFpr: 0.1 }), {
    ...both,
    message: /view2_folds_1-2 and scored on view2_folds_1-2: .* received \d+ in both/,
  });
});

test("protocols without a threshold say so; the flags go together", async () => {
  const classes = { subject: join(folder, "classes.csv"), protocol: "folder", data: join(folder, "classes") };
  await assert.rejects(collect({ ...classes, thresholdFrom: "valid", targetFpr: 0.1 }), {
    code: "operations/no-threshold",
  });
  for (const wrong of [
    { targetFpr: 0.1 },
    { thresholdFrom: "a" },
    { thresholdFrom: "a", targetFpr: 1, threshold: 1 },
  ]) {
    await assert.rejects(collect({ ...pairs(), ...wrong }), { code: "operations/bad-input" });
  }
});

test("faces: a model's threshold is chosen on another folder and takes the place of its own", async () => {
  const found = (x: number, score: number) => ({ box: { x, y: 0, width: 10, height: 10 }, score, points: {} });
  const finds: Readonly<Record<string, readonly ReturnType<typeof found>[]>> = {
    "a.png": [found(0, 0.9), found(50, 0.6)],
    "b.png": [found(0, 0.5)],
    "c.png": [found(50, 0.45), found(0, 0.4), found(90, 0.3)],
  };
  const subject: Subject = {
    name: "m",
    sha256: "0".repeat(64),
    device: "fake",
    classifiers: [],
    finder: {
      threshold: 0.7,
      pointNames: [],
      find: async ({ data }) => finds[`${String.fromCharCode(data[0]!)}.png`]! as never,
    },
    dispose: async () => {},
  };
  const context = fakeContext({
    parts: {
      openSubject: async () => subject,
      commit: async () => null,
      createPictureLoader: () => async (reference) => ({
        width: 1,
        height: 1,
        order: "gray",
        data: Uint8Array.of("file" in reference ? reference.file.charCodeAt(0) : 0),
      }),
    },
  });
  const faces = { subject: "m", protocol: "faces", data: join(folder, "faces") };
  const [own] = await collect(faces, context);
  assert.deepEqual([own?.metrics.recall?.value, own?.threshold], [0.5, undefined]);
  const [chosen] = await collect({ ...faces, thresholdData: join(folder, "others"), targetFpr: 1 }, context);
  // of c.png 0.45 may be false, 0.3 may not
  assert.deepEqual([chosen?.threshold?.value, chosen?.threshold?.reached], [0.4, 1]);
  assert.deepEqual([chosen?.metrics.recall?.value, chosen?.metrics.false_faces_per_image?.value], [1, 0.5]);
});
