// Expected values by hand.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Image, pictureHash, trainingPictures } from "@foveajs/vision";
import type { Subject } from "../models/subject.ts";
import { runOperation } from "../operation.ts";
import { evaluate } from "./evaluate.ts";
import { fakeContext } from "./fake-context.test.support.ts";
import { createLeakGuard } from "./leak-guard.ts";

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

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-leaks-"));
  await mkdir(join(folder, "data"));
  await writeFile(join(folder, "data", "labels.csv"), "file,kind\na.png,x\nb.png,y\n");
});
after(() => rm(folder, { recursive: true }));

test("evaluate prints no score of a model that learnt from the pictures of the test", async () => {
  const values = { "a.png": 10, "b.png": 20 } as const;
  const run = async (learnt: readonly number[]) => {
    const subject: Subject = {
      name: "m",
      sha256: "0".repeat(64),
      device: "fake",
      trainingPictures: [{ model: "m", pictures: list(...learnt) }],
      classifiers: [{ name: "class", labels: ["x", "y"], classify: async (images) => images.map(() => [1, 0]) }],
      dispose: async () => {},
    };
    const context = fakeContext({
      parts: {
        openSubject: async () => subject,
        commit: async () => null,
        createPictureLoader: () => async (reference) =>
          picture(values[("file" in reference ? reference.file : "") as keyof typeof values]),
      },
    });
    const results: unknown[] = [];
    const input = { subject: "m", protocol: "folder", data: join(folder, "data") };
    for await (const result of runOperation(evaluate, input, context)) results.push(result);
    return results.map((result) => evaluate.output.parse(result).leak_check);
  };
  assert.deepEqual(await run([30]), ["passed"]);
  await assert.rejects(run([30, 20]), { code: "operations/leaked-pictures", message: /1 of the 2 .*"b\.png"/ });
});
