import assert from "node:assert/strict";
import { test } from "node:test";
import { flipImage } from "../augment/flip.ts";
import { createRandom } from "../augment/random.ts";
import type { Image } from "../image/image.ts";
import { resize } from "../image/resize.ts";
import { pixelHash } from "./duplicates.ts";
import type { Fingerprint } from "./fingerprints.ts";
import { classBalance, findCopies, groupsAcrossSplits, type Picture } from "./leaks.ts";
import { printOf } from "./near-duplicates.ts";
import { thumbnailOf } from "./thumbnail.ts";
import type { Label, Split } from "./types.ts";

const dataset = { name: "made", classes: { mood: ["glad", "sad", "angry"], side: ["left", "right"] } };

const cloud = (key: number): Image => {
  const random = createRandom("cloud", key);
  const data = Uint8Array.from({ length: 100 }, () => random.integer(256));
  return resize({ width: 10, height: 10, order: "gray", data }, { width: 80, height: 80, filter: "bicubic" });
};
const print = (image: Image): Fingerprint => ({ pixels: pixelHash(image), ...printOf(thumbnailOf(image)) });
const mood = (index: number): Label => ({ kind: "class", index });
const picture = (id: string, split: Split, labels: Record<string, Label> = {}, group = id): Picture => ({
  dataset,
  sample: { id, image: { file: id }, labels, group, split },
});

test("exact copies pair with the first of them; a leak is a copy in another part", async () => {
  const same = print(cloud(1));
  const pictures = [
    picture("a", "train", { mood: mood(0) }),
    picture("b", "train", { mood: mood(1) }),
    picture("c", "test", { mood: mood(0) }),
    picture("d", "test", { mood: mood(0) }),
  ];
  const pairs = await findCopies(pictures, [same, same, same, print(cloud(2))]);
  assert.deepEqual(pairs, [
    { kind: "exact", first: 0, second: 2, similarity: 1, mirrored: false, leaks: true, conflicts: [] },
    {
      kind: "exact",
      first: 0,
      second: 1,
      similarity: 1,
      mirrored: false,
      leaks: false,
      conflicts: [{ task: "mood", first: "glad", second: "sad" }],
    },
  ]);
});

test("a near copy of pictures that are the same is told once, where it leaks", async () => {
  const same = print(cloud(1));
  const smaller = print(resize(cloud(1), { width: 50, height: 50 }));
  const pictures = [picture("a", "valid"), picture("b", "train"), picture("c", "valid")];
  const near = (await findCopies(pictures, [same, same, smaller])).filter(({ kind }) => kind === "near");
  assert.deepEqual(
    near.map(({ first, second, leaks }) => ({ first, second, leaks })),
    [{ first: 1, second: 2, leaks: true }],
  );
});

test("labels conflict by the likeliest class; not those of a tie, a mirror image, or other classes", async () => {
  const votes = (...values: number[]): Label => ({ kind: "distribution", values });
  const conflicts = async (one: Picture, other: Picture, images = [cloud(1), cloud(1)]) =>
    (await findCopies([one, other], images.map(print))).flatMap((pair) => pair.conflicts);
  const glad = picture("a", "train", { mood: mood(0) });
  assert.deepEqual(await conflicts(glad, picture("b", "train", { mood: votes(0.3, 0.1, 0.6) })), [
    { task: "mood", first: "glad", second: "angry" },
  ]);
  assert.deepEqual(await conflicts(glad, picture("b", "train", { mood: votes(0.6, 0.4, 0) })), []);
  assert.deepEqual(await conflicts(glad, picture("b", "train", { mood: votes(0.1, 0.45, 0.45) })), []);
  assert.deepEqual(await conflicts(glad, picture("b", "train")), []);
  const other = {
    ...picture("b", "train", { mood: mood(1) }),
    dataset: { name: "other", classes: { mood: ["0", "1"] } },
  };
  assert.deepEqual(await conflicts(glad, other), []);
  const left = picture("a", "train", { side: { kind: "class", index: 0 } });
  const right = picture("b", "train", { side: { kind: "class", index: 1 } });
  assert.equal((await findCopies([left, right], [cloud(1), flipImage(cloud(1))].map(print))).length, 1);
  assert.deepEqual(await conflicts(left, right, [cloud(1), flipImage(cloud(1))]), []);
});

test("groups across splits are told with their counts; a picture that is its own group is none", () => {
  const pictures = [
    picture("a", "train", {}, "anna"),
    picture("b", "train", {}, "anna"),
    picture("c", "test", {}, "anna"),
    picture("d", "train", {}, "bert"),
    picture("e", "train", {}, "bert"),
    picture("f", "train"),
    picture("f", "test"),
    { ...picture("g", "test", {}, "bert"), dataset: { name: "another", classes: {} } },
  ];
  assert.deepEqual(groupsAcrossSplits(pictures), [{ dataset: "made", group: "anna", splits: { train: 2, test: 1 } }]);
});

test("the balance counts each class of each task, also those without a picture", () => {
  const pictures = [
    picture("a", "train", { mood: mood(0) }),
    picture("b", "train", { mood: mood(0) }),
    picture("c", "valid", { mood: mood(2) }),
    picture("d", "valid"),
  ];
  assert.deepEqual(classBalance(pictures), {
    mood: { glad: { train: 2 }, sad: {}, angry: { valid: 1 } },
    side: { left: {}, right: {} },
  });
});
