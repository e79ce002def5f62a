// Expected values by hand.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Image, pictureHash, trainingPictures } from "@foveajs/vision";
import type { Context } from "../context.ts";
import type { Subject } from "../models/subject.ts";
import { runOperation } from "../operation.ts";
import { evaluate } from "./evaluate.ts";
import type { Evaluation } from "./evaluation.ts";
import { fakeContext } from "./fake-context.test.support.ts";
import { createLeakGuard, leakCheckOf, leakCheckSchema, samplesTrainedOn } from "./leak-guard.ts";
import { cardResults } from "./model-results.ts";
import { readResults } from "./result-files.ts";

const picture = (value: number): Image => ({ width: 1, height: 1, order: "gray", data: Uint8Array.of(value) });
const list = (...values: readonly number[]) => trainingPictures(values.map((value) => pictureHash(picture(value))));
const place = { protocol: "p", split: "test", total: 9 };

async function verdictOf(trainingPictures: Subject["trainingPictures"], values: readonly number[]) {
  const subject = { name: "m", ...(trainingPictures ? { trainingPictures } : {}) };
  const guard = createLeakGuard(subject, async () => picture(0), place);
  for (const value of values) {
    const one = createLeakGuard(subject, async () => picture(value), place);
    const loaded = await one.load({ id: `${value}.png`, picture: { file: "" } });
    assert.deepEqual(loaded, picture(value));
    one.verdict();
  }
  return guard.verdict();
}

test("without a list nothing is known; one model of two without it neither", async () => {
  assert.equal(await verdictOf(undefined, [1]), "no list in the card");
  assert.equal(await verdictOf([{ model: "m" }], [1]), "no list in the card");
  assert.equal(await verdictOf([{ model: "a", pictures: list(5) }, { model: "b" }], [1]), "no list in the card");
  assert.equal(await verdictOf([{ model: "m", pictures: list(5) }], [1, 2]), "passed");
});

test("a picture of any list is refused, though another model has none", async () => {
  for (const lists of [[{ model: "a", pictures: list(5, 7) }], [{ model: "b" }, { model: "a", pictures: list(7) }]]) {
    await assert.rejects(verdictOf(lists, [1, 7]), {
      code: "operations/leaked-pictures",
      message: /^m was trained on 1 of the 9 pictures of p, test \(the first is "7\.png"\)/,
    });
  }
});

test("samples are found by their pictures, where there is a list to look in", async () => {
  const samples = [4, 5, 6].map((value) => ({ id: `${value}.png`, picture: { file: `${value}` } }));
  const look = async (trainingPictures: Subject["trainingPictures"]) => {
    const done: number[] = [];
    const found = await samplesTrainedOn(trainingPictures ? { trainingPictures } : {}, samples, {
      load: async ({ picture: reference }) => picture("file" in reference ? Number(reference.file) : 0),
      onProgress: (count) => void done.push(count),
    });
    return { found: [...found], done };
  };
  const lists = [{ model: "a", pictures: list(6, 9) }, { model: "b" }, { model: "c", pictures: list(4) }];
  assert.deepEqual(await look(lists), { found: ["4.png", "6.png"], done: [1, 2, 3] });
  for (const none of [undefined, [], [{ model: "b" }]]) assert.deepEqual(await look(none), { found: [], done: [] });
});

test("what is told of leaks: the verdict, or how many were left out and whether a card has no list", () => {
  assert.equal(leakCheckOf("passed", 0), "passed");
  assert.equal(leakCheckOf("no list in the card", 0), "no list in the card");
  assert.equal(leakCheckOf("passed", 3), "left out 3");
  assert.equal(leakCheckOf("no list in the card", 3), "left out 3, no list in another card");
  for (const told of ["left out 3", "left out 3, no list in another card"]) leakCheckSchema.parse(told);
  for (const other of ["left out", "left out x", "left out 3 ", "left out 3, no list"]) {
    assert.equal(leakCheckSchema.safeParse(other).success, false, other);
  }
});

/** By the file of a picture: its only pixel. */
const pixels: Readonly<Record<string, number>> = { "a.png": 10, "b.png": 20, "c.png": 30 };

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-leaks-"));
  for (const [part, text] of Object.entries({
    data: "file,kind\na.png,x\nb.png,y\nc.png,y\n",
    rest: "file,kind\na.png,x\nc.png,y\n",
  })) {
    await mkdir(join(folder, part));
    await writeFile(join(folder, part, "labels.csv"), text);
  }
});
after(() => rm(folder, { recursive: true }));

/** Evaluates a model that takes every picture for x on pictures a, b and c, of which it may have learnt some. */
async function run(
  trainingPictures: Subject["trainingPictures"],
  { data = "data", ...input }: Record<string, unknown> & { data?: string } = {},
) {
  const seen = { loaded: 0, classified: 0, notes: new Set<string | undefined>() };
  const subject: Subject = {
    name: "m",
    sha256: "0".repeat(64),
    graphSha256: "1".repeat(64),
    device: "fake",
    ...(trainingPictures ? { trainingPictures } : {}),
    classifiers: [
      {
        name: "class",
        labels: ["x", "y"],
        classify: async (images) => {
          seen.classified += images.length;
          return images.map(() => [1, 0]);
        },
      },
    ],
    dispose: async () => {},
  };
  const context = fakeContext({
    parts: {
      openSubject: async () => subject,
      commit: async () => null,
      createPictureLoader: () => async (reference) => {
        seen.loaded++;
        return picture(("file" in reference ? pixels[reference.file] : undefined) ?? 0);
      },
    },
  });
  const progress: Context["progress"] = ({ note }) => void seen.notes.add(note);
  const results: Evaluation[] = [];
  const whole = { subject: "m", protocol: "folder", data: join(folder, data), ...input };
  for await (const result of runOperation(evaluate, whole, { ...context, progress }))
    results.push(evaluate.output.parse(result));
  assert.equal(results.length, 1);
  return { result: results[0]!, seen };
}

const learnt = (...values: readonly number[]) => [{ model: "m", pictures: list(...values) }];

test("evaluate prints no score of a model that learnt from the pictures of the test", async () => {
  const { result, seen } = await run(learnt(40));
  assert.deepEqual([result.leak_check, result.split.count, seen.loaded], ["passed", 3, 3]);
  await assert.rejects(run(learnt(40, 20)), {
    code: "operations/leaked-pictures",
    message: /1 of the 3 .*"b\.png"/,
    help: /--leaks leave_out/,
  });
});

test("with leave_out the others are scored, exactly as in a folder that has them alone", async () => {
  const { result, seen } = await run(learnt(20, 40), { leaks: "leave_out" });
  const { result: rest } = await run(learnt(40), { data: "rest" });
  assert.equal(result.leak_check, "left out 1");
  assert.deepEqual(result.split, { ...rest.split, name: "data, 2 of 3 not trained on" });
  assert.deepEqual(result.metrics, rest.metrics);
  assert.equal(result.metrics.accuracy?.value, 0.5);
  assert.equal(result.command, "fovea evaluate m --protocol folder --data data --leaks leave_out");
  // all are looked up, and those that are left are read
  assert.deepEqual([seen.loaded, seen.classified], [5, 2]);
  assert.deepEqual([...seen.notes], ["looking for training pictures", "direct"]);
});

test("with leave_out and none to leave out, the result is the usual one", async () => {
  const { result: usual } = await run(learnt(40));
  const { result } = await run(learnt(40), { leaks: "leave_out" });
  assert.deepEqual({ ...result, command: usual.command }, usual);
});

test("a model without a list keeps its verdict; of several models, one without a list is told", async () => {
  const { result, seen } = await run(undefined, { leaks: "leave_out" });
  assert.deepEqual([result.leak_check, result.split.name, seen.loaded], ["no list in the card", "data", 3]);
  const two = await run([...learnt(20), { model: "old" }], { leaks: "leave_out" });
  assert.equal(two.result.leak_check, "left out 1, no list in another card");
  const none = await run([...learnt(40), { model: "old" }], { leaks: "leave_out" });
  assert.equal(none.result.leak_check, "no list in the card");
});

test("where nothing is left, it is an error; what cannot be answered is one before a picture is read", async () => {
  await assert.rejects(run(learnt(10, 20, 30), { leaks: "leave_out" }), {
    code: "evaluation/nothing-left",
    message: /^folder, part data: .* received 3, all of which/,
  });
  await assert.rejects(run(learnt(20), { leaks: "leave_out", mode: "end_to_end" }), {
    code: "operations/cannot-answer",
  });
  await assert.rejects(run(learnt(20), { leaks: "forgive" }), { code: "operations/bad-input" });
});

test("outcomes, the report and the card are of the pictures that are left", async () => {
  const [outcomes, report] = [join(folder, "o.jsonl"), join(folder, "r.html")];
  const { result } = await run(learnt(20), { leaks: "leave_out", outcomes, report });
  const [saved] = await readResults(outcomes);
  assert.deepEqual(saved?.split, result.split);
  assert.deepEqual(
    saved?.outcomes?.map(({ id }) => id),
    ["a.png", "c.png"],
  );
  const page = (await readFile(report, "utf8")).replaceAll("\u00a0", " ");
  assert.match(page, /data, 2 of 3 not trained on, 2 samples/);
  assert.match(page, /left out 1/);
  assert.ok(page.includes("c.png") && !page.includes("b.png"));
  assert.deepEqual(
    cardResults(saved!).find(({ metric }) => metric === "accuracy")?.data,
    "folder, data, 2 of 3 not trained on (2), direct",
  );
});
