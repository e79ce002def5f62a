import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { needs, sharedData } from "../shared.test.support.ts";
import type { BoxesLabel, Label, LabelledBox, Sample } from "../types.ts";
import { openDataset, readerOf } from "./table.ts";

const scratch = await mkdtemp(join(tmpdir(), "fovea-readers-"));
after(() => rm(scratch, { recursive: true }));

const boxesOf = ({ labels }: Sample): readonly LabelledBox[] => (labels.faces as BoxesLabel).boxes;
const pointsOf = (label: Label | undefined) => (label?.kind === "points" ? label.points : []);

function histogram(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

// Counts from the folders' own descriptions.
test("mtfl: counts, points in the picture, groups by person and photograph", needs("mtfl"), async () => {
  const { samples, classes, load } = await openDataset("mtfl", sharedData("mtfl"), { expect: { train: 8_383 } });
  const [first] = samples;
  assert.equal(first?.group, "lfw/Aaron_Pena");
  assert.deepEqual(pointsOf(first?.labels.landmarks5)[0], [38.93, 42.38]);
  const named = (task: string) => {
    const label = first?.labels[task];
    return label?.kind === "class" ? classes[task]?.[label.index] : undefined;
  };
  assert.deepEqual(["smile", "glasses", "head_pose"].map(named), ["no", "no", "frontal"]); // row 1: 2, 2, 3
  const image = await load(first!);
  assert.deepEqual([image.width, image.height, image.order], [104, 104, "rgb"]);
  const web = samples.filter(({ group }) => group.startsWith("net_7876/"));
  assert.equal(web.length, 5_849);
  assert.ok(new Set(web.map(({ group }) => group)).size < web.length);
  assert.ok(!("gender" in classes));
});

test("landmarks68: counts, the table's own distance between the eyes, five points", needs("landmarks68"), async () => {
  const { samples } = await openDataset("landmarks68", sharedData("landmarks68"), {
    expect: { train: 1_207, test: 0 },
  });
  const points = pointsOf(samples[0]?.labels.landmarks68);
  assert.equal(points.length, 68);
  const [a, b] = [points[36]!, points[45]!];
  assert.ok(Math.abs(Math.hypot(a[0] - b[0], a[1] - b[1]) - 67.037) < 0.02); // inter_ocular of the first row
  for (const { labels } of samples) {
    const [leftEye, rightEye, , mouthLeft, mouthRight] = pointsOf(labels.landmarks5);
    assert.ok(leftEye![0] < rightEye![0] && mouthLeft![0] < mouthRight![0] && leftEye![1] < mouthLeft![1]);
  }
});

test("face_scenes: pictures, kinds of boxes and what was kept out", needs("face_scenes"), async () => {
  const path = sharedData("face_scenes");
  const human = await openDataset("face_scenes", path, { options: { boxes: "human", pictures: ["human"] } });
  assert.equal(human.samples.length, 2_375);
  assert.deepEqual(histogram(human.samples.flatMap(boxesOf).map(({ kind }) => kind)), {
    face: 5_535,
    hard: 185,
    ignore: 1_058,
  });

  const yunet = await openDataset("face_scenes", path);
  assert.equal(yunet.samples.length, 2_849);
  const annotated = yunet.samples.filter(({ id }) => /fddb_|mask_/.test(id)).flatMap(boxesOf);
  assert.deepEqual(histogram(annotated.map(({ kind }) => kind)), { face: 5_535, hard: 185, ignore: 1_058 });
  assert.equal(annotated.filter(({ points }) => points !== undefined).length, 5_390); // rows with human_index >= 0
  const negatives = yunet.samples.filter(({ id }) => id.startsWith("negatives/"));
  assert.equal(negatives.length, 315);
  assert.equal(negatives.flatMap(boxesOf).length, 0);

  const valid = yunet.samples.filter(({ split }) => split === "valid");
  assert.deepEqual(histogram(valid.map(({ id }) => id.replace(/^\w+\/((neg_)?[a-z0-9]+)_.*/, "$1"))), {
    fddb: 268, // fold 8
    mask: 17,
    street: 8,
    afw: 5,
    coco: 3,
    neg_coco: 5,
    neg_voc: 18,
    neg_flickr8k: 7,
    neg_home: 1,
  });
});

test("face_scenes: a face takes its match's box and points, one without a match is brought to that convention", async () => {
  const path = join(scratch, "scenes");
  await mkdir(path);
  const five = "1,2,3,4,5,6,7,8,9,10";
  const names = ["eye1", "eye2", "nose", "mouth1", "mouth2"].map((name) => `${name}_x,${name}_y`).join();
  const files = {
    "images.csv": [
      "file,source,group,width,height,labels",
      "images/fddb_1.jpg,FDDB,fold08,300,300,human",
      "images/street_1.jpg,clothing_coparsing,,300,300,machine",
    ],
    "faces.csv": [
      "file,x,y,width,height,kind,origin",
      "images/fddb_1.jpg,10,10,9,9,ignore,yunet",
      "images/fddb_1.jpg,20,20,9,9,hard,human",
      // around the detector's box (100, 100, 50, 60): centre moved by 0.007 * 50 and -0.078 * 60, sides * 1.113 and 1.223
      "images/fddb_1.jpg,97.525,88.63,55.65,73.38,face,human",
      "images/fddb_1.jpg,200,200,40,40,face,human",
    ],
    "faces_yunet.csv": [
      `file,score,x,y,width,height,${names},at640,human_index`,
      `images/fddb_1.jpg,0.9,203,204,36,37,${five},1,2`,
      `images/fddb_1.jpg,0.7,10,10,9,9,${five},1,-1`,
      `images/street_1.jpg,0.7,1,1,20,20,${five},1,`,
      `images/street_1.jpg,0.7,2,2,20,20,${five},0,`,
      `images/street_1.jpg,0.5,3,3,20,20,${five},1,`,
    ],
  };
  for (const [name, lines] of Object.entries(files)) await writeFile(join(path, name), `${lines.join("\n")}\n`);
  const { samples } = await openDataset("face_scenes", path);
  const [people = [], machine = []] = samples.map(boxesOf);
  assert.deepEqual(
    people.map(({ kind }) => kind),
    ["ignore", "hard", "face", "face"],
  );
  const { x, y, width, height } = people[2]!.box;
  for (const [i, value] of [x, y, width, height].entries()) {
    assert.ok(Math.abs(value - [100, 100, 50, 60][i]!) < 1e-9, `${value}`);
  }
  assert.equal(people[2]!.points, undefined);
  const box = { x: 203, y: 204, width: 36, height: 37 };
  const points = [1, 3, 5, 7, 9].map((left) => [left, left + 1]);
  assert.deepEqual(people[3], { box, points, kind: "face" });
  assert.deepEqual(
    machine.map(({ kind }) => kind),
    ["face", "ignore", "ignore"],
  );
  assert.deepEqual(
    samples.map(({ split, group }) => [split, group]),
    [
      ["valid", "fold08"],
      ["train", "images/street_1.jpg"],
    ],
  );
});

test("no_face: each COCO number once", needs("no_face", "coco_mini"), async () => {
  const { samples } = await openDataset("no_face", sharedData("no_face"), {
    options: { coco: sharedData("coco_mini") },
  });
  assert.equal(samples.length, 81); // 32 + 68 without a person, 19 of them the same
  assert.equal(new Set(samples.map(({ group }) => group)).size, 81);
});

test("folder: classes by name, parts by folder", needs("trashnet"), async () => {
  const { samples, classes } = await openDataset("folder", sharedData("trashnet"), {
    options: { task: "waste", licence: "MIT" },
    expect: { train: 6 * 85, valid: 6 * 17 },
  });
  assert.deepEqual(classes.waste, ["cardboard", "glass", "metal", "paper", "plastic", "trash"]);
  const { id, labels } = samples.find((sample) => sample.id === "val/glass/glass107.jpg") ?? samples.at(-1)!;
  const label = labels.waste;
  assert.equal(label?.kind === "class" && classes.waste![label.index], id.split("/")[1]);
});

test("folder: a folder without pictures is refused", async () => {
  await mkdir(join(scratch, "empty", "a"), { recursive: true });
  await assert.rejects(openDataset("folder", join(scratch, "empty")), { code: "vision/data-count" });
});

test("tables: a column that is missing and a cell that is wrong are named", async () => {
  const path = join(scratch, "broken");
  await mkdir(path);
  await writeFile(join(path, "labels.csv"), "file,set\na.jpg,afw\n");
  await assert.rejects(openDataset("landmarks68", path), {
    code: "vision/data-table",
    message: /a column "original_file"/,
  });
  await writeFile(
    join(path, "labels.csv"),
    `file,original_file,smile,glasses,head_pose,${["left_eye", "right_eye", "nose", "mouth_left", "mouth_right"]
      .map((name) => `${name}_x,${name}_y`)
      .join()}\na.jpg,net/1_2.jpg,7,,,${Array(10).fill("1").join()}\n`,
  );
  await assert.rejects(openDataset("mtfl", path), { message: /line 2, column "smile".*from 1 to 2, received "7"/ });
});

test("an empty cell is a missing label", async () => {
  const path = join(scratch, "partial");
  await mkdir(path);
  const columns = ["left_eye", "right_eye", "nose", "mouth_left", "mouth_right"].flatMap((name) => [
    `${name}_x`,
    `${name}_y`,
  ]);
  await writeFile(
    join(path, "labels.csv"),
    `file,original_file,smile,glasses,head_pose,${columns.join()}\na.jpg,net/1_2.jpg,,2,,${Array(10).fill("").join()}\n`,
  );
  const { samples } = await openDataset("mtfl", path);
  assert.equal(samples[0]!.labels.smile, undefined);
  assert.equal(samples[0]!.labels.landmarks5, undefined);
  assert.deepEqual(samples[0]!.labels.glasses, { kind: "class", index: 0 });
});

test("a folder is known by what it holds, whatever its name; one without is a folder for each class", async () => {
  const known = async (file: string, header: string) => {
    const path = await mkdtemp(join(scratch, "known-"));
    await writeFile(join(path, file), `${header}\n`);
    return readerOf(path);
  };
  assert.equal(await known("labels.csv", "file,mouth_left_x,head_pose"), "mtfl");
  assert.equal(await known("labels.csv", "x67,y67"), "landmarks68");
  assert.equal(await known("labels.csv", "sheet,tile,ferplus_neutral"), "fer2013");
  assert.equal(await known("labels.csv", "file,coco_image_id"), "no_face");
  assert.equal(await known("images.csv", "source,labels,yunet_faces_06"), "face_scenes");
  assert.equal(await known("labels.csv", "file,open,original_file"), "eyes_open_closed");
  assert.equal(await known("labels.csv", "file,mask,group,detector_score"), "face_mask");
  assert.equal(await known("data.yaml", "names: [cat]"), "yolo");
  assert.equal(await known("annotations", "a file of that name"), "folder");
  assert.equal(await known("labels.csv", "file,emotion"), "folder");
  assert.equal(await known("notes.txt", "x67,y67"), "folder");
  await assert.rejects(readerOf(join(scratch, "nowhere")), { code: "vision/data-missing" });
});

const tabled = ["eyes_open_closed", "face_mask", "face_scenes", "fer2013", "landmarks68", "mtfl", "no_face"] as const;
test("the sets at hand are known", needs(...tabled), async () => {
  for (const name of tabled) assert.equal(await readerOf(sharedData(name)), name);
});
