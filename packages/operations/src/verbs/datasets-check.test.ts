import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { createRandom, decode, encodeJpeg, encodePng, flipImage, type Image, resize } from "@foveajs/vision";
import { outcomeOf, runOperation } from "../operation.ts";
import { datasets } from "./datasets.ts";
import { checkDatasets, type DatasetCheck } from "./datasets-check.ts";
import { fakeContext } from "./fake-context.test.support.ts";

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "fovea-datasets-"));
});
after(() => rm(root, { recursive: true }));

/** Clouds of colour: another key, another picture. */
const cloud = (key: number): Image => {
  const random = createRandom("cloud", key);
  const data = Uint8Array.from({ length: 300 }, () => random.integer(256));
  return resize({ width: 10, height: 10, order: "rgb", data }, { width: 80, height: 80, filter: "bicubic" });
};

/** Writes a folder of pictures, by name; text is written as it is. */
async function write(name: string, pictures: Readonly<Record<string, Image | string>>): Promise<string> {
  const folder = join(root, name);
  for (const [file, picture] of Object.entries(pictures)) {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    const encode = file.endsWith(".png") ? encodePng : encodeJpeg;
    await writeFile(path, typeof picture === "string" ? picture : await encode(picture));
  }
  return folder;
}

async function check(input: Record<string, unknown>, context = fakeContext()) {
  const results: DatasetCheck[] = [];
  for await (const result of runOperation(checkDatasets, { threads: 1, ...input }, context)) {
    results.push(checkDatasets.output.parse(result));
  }
  const of = <Type extends DatasetCheck["type"]>(type: Type) =>
    results.filter((result): result is Extract<DatasetCheck, { type: Type }> => result.type === type);
  const isUnmet = results.some((result) => outcomeOf(checkDatasets, result) === "unmet");
  return { results, of, summary: of("summary")[0]!, isUnmet };
}

test("a sound set: folders, classes by split, nothing found, the gate is met", async () => {
  const folder = await write("sound", {
    "train/cat/1.png": cloud(1),
    "train/cat/2.jpg": cloud(2),
    "train/dog/3.jpg": cloud(3),
    "val/dog/4.jpg": cloud(4),
  });
  const context = fakeContext();
  const { of, results, summary, isUnmet } = await check({ folders: [folder] }, context);
  assert.deepEqual(of("folder"), [
    {
      type: "folder",
      folder,
      reader: "folder",
      pictures: { train: 3, valid: 1 },
      unreadable: 0,
      classes: { class: { cat: { train: 2 }, dog: { train: 1, valid: 1 } } },
    },
  ]);
  assert.equal(results.length, 2);
  const { milliseconds, ...counts } = summary;
  assert.ok(milliseconds > 0);
  assert.deepEqual(counts, {
    type: "summary",
    pictures: 4,
    unreadable: 0,
    exact_copies: 0,
    near_copies: 0,
    label_conflicts: 0,
    leaking_copies: 0,
    leaking_groups: 0,
  });
  assert.equal(isUnmet, false);
  assert.ok(context.reported.length > 0);
});

test("leaks, conflicts and bad files are told; a leak is a gate not met; the sheet shows the copies", async () => {
  const folder = await write("leaky", {
    "train/cat/1.png": cloud(1),
    "train/cat/2.jpg": cloud(2),
    "train/dog/again.png": cloud(1),
    "train/dog/bad.jpg": "no picture",
    "test/cat/mirror.jpg": flipImage(resize(cloud(2), { width: 60, height: 60 })),
    "test/dog/3.jpg": cloud(3),
  });
  const sheet = join(root, "sheet.png");
  const failures: unknown[] = [];
  const context = { ...fakeContext(), onFailure: (thrown: unknown) => failures.push(thrown) };
  const { of, summary, isUnmet } = await check({ folders: [folder], sheet }, context);
  const copies = of("copies").map(({ kind, mirrored, leaks, conflicts, first, second }) => ({
    ...{ kind, mirrored, leaks, conflicts },
    ids: [first.id, second.id].sort(),
  }));
  assert.deepEqual(copies, [
    { kind: "near", mirrored: true, leaks: true, conflicts: [], ids: ["test/cat/mirror.jpg", "train/cat/2.jpg"] },
    {
      kind: "exact",
      mirrored: false,
      leaks: false,
      conflicts: [{ task: "class", first: "cat", second: "dog" }],
      ids: ["train/cat/1.png", "train/dog/again.png"],
    },
  ]);
  const [bad] = of("unreadable");
  assert.equal(bad?.id, "train/dog/bad.jpg");
  assert.equal(bad?.error.code, "vision/image-unknown-format");
  assert.equal(failures.length, 1);
  assert.equal(of("folder")[0]?.unreadable, 1);
  const { unreadable, exact_copies, near_copies, label_conflicts, leaking_copies } = summary;
  const counts = { unreadable, exact_copies, near_copies, label_conflicts, leaking_copies };
  assert.deepEqual(counts, { unreadable: 1, exact_copies: 1, near_copies: 1, label_conflicts: 1, leaking_copies: 1 });
  assert.equal(isUnmet, true);
  assert.equal(summary.sheet, sheet);
  const drawn = await decode(await readFile(sheet));
  assert.ok(drawn.width > 640 && drawn.height > 160);
});

test("folders are compared with one another; a split may be named", async () => {
  const one = await write("one", { "a/1.png": cloud(1), "a/2.png": cloud(2) });
  const other = await write("other", { "b/9.png": cloud(1), "b/8.png": cloud(8) });
  const same = await check({ folders: [one, other] });
  assert.equal(same.summary.exact_copies, 1);
  assert.equal(same.isUnmet, false);
  assert.deepEqual(same.of("copies")[0]?.conflicts, [], "other classes contradict nothing");
  const apart = await check({ folders: [one, `test=${other}`] });
  assert.deepEqual(apart.of("copies")[0]?.second, { folder: other, id: "b/9.png", split: "test" });
  assert.equal(apart.summary.leaking_copies, 1);
  assert.equal(apart.isUnmet, true);
});

test("a person in both parts is a leak without any copy", async () => {
  const header =
    "file,original_file,smile,glasses,head_pose,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,mouth_left_x,mouth_left_y,mouth_right_x,mouth_right_y";
  const row = (file: string, person: string) => `${file},lfw_5590/${person}_0001.jpg,1,2,3,1,1,2,1,2,2,1,3,2,3`;
  const table = (...rows: string[]) => [header, ...rows, ""].join("\n");
  const train = await write("people-train", {
    "labels.csv": table(row("1.png", "Anna"), row("2.png", "Bert")),
    "1.png": cloud(1),
    "2.png": cloud(2),
  });
  const test = await write("people-test", { "labels.csv": table(row("3.png", "Anna")), "3.png": cloud(3) });
  const { of, summary, isUnmet } = await check({ folders: [train, `test=${test}`] });
  assert.deepEqual(of("group"), [{ type: "group", dataset: "mtfl", group: "lfw/Anna", splits: { train: 1, test: 1 } }]);
  assert.equal(summary.leaking_copies, 0);
  assert.equal(isUnmet, true);
});

test("wrong input is told by code: no folder, no reader, bad options, a sheet that cannot be written", async () => {
  const folder = await write("small", { "a/1.png": cloud(1), "a/2.png": cloud(1) });
  const code = async (input: Record<string, unknown>) =>
    check(input).then(
      () => "none",
      (thrown: { code: string }) => thrown.code,
    );
  assert.equal(await code({ folders: [join(root, "nowhere")] }), "vision/data-missing");
  assert.equal(await code({ folders: [folder], reader: "unheard" }), "operations/bad-input");
  assert.equal(await code({ folders: [] }), "operations/bad-input");
  assert.equal(await code({ folders: [folder], sheet: "pairs.gif" }), "operations/bad-input");
  assert.equal(await code({ folders: [folder], options: "{" }), "operations/bad-reader-options");
  assert.equal(await code({ folders: [folder], options: "[1]" }), "operations/bad-reader-options");
  assert.equal(await code({ folders: [folder], options: '{"unheard":1}' }), "vision/data-reader");
  assert.equal(await code({ folders: [folder], sheet: join(root, "no", "such", "x.jpg") }), "operations/sheet-failed");
});

test("a stop is a stop", async () => {
  const folder = await write("stopped", { "a/1.png": cloud(1) });
  const context = fakeContext({ signal: AbortSignal.abort() });
  await assert.rejects(check({ folders: [folder] }, context), { code: "operations/cancelled" });
});

test("the readers are listed with the table by which they are known", async () => {
  const listed: { name: string; summary: string; known_by?: string | undefined }[] = [];
  for await (const reader of datasets.run({}, fakeContext())) listed.push(reader);
  assert.ok(listed.length >= 6);
  assert.equal(listed.find(({ name }) => name === "mtfl")?.known_by, "labels.csv");
  assert.equal(listed.find(({ name }) => name === "folder")?.known_by, undefined);
});
