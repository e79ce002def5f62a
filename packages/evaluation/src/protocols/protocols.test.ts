// Expected scores from fixtures/protocols.py (scikit-learn, numpy, scipy); the others by hand.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readBoxPredictions } from "./box-predictions.ts";
import { readClassPredictions } from "./class-predictions.ts";
import { readLandmarkPredictions } from "./landmark-predictions.ts";
import type { Scores, Test } from "./protocol.ts";
import { filesInMemory } from "./release-files.ts";
import { type ProtocolId, protocolOf, protocols } from "./table.ts";

interface Reference {
  readonly labels: string;
  readonly predictions: string;
  readonly count: number;
  readonly missed: number;
  readonly metrics: Readonly<Record<string, number>>;
}

const references = JSON.parse(
  readFileSync(new URL("../../fixtures/protocols.json", import.meta.url), "utf8"),
) as Readonly<Record<Exclude<ProtocolId, "faces" | "lfw" | "folder">, Reference>>;

const read = (id: string, labels: string, part?: string) =>
  protocolOf(id).read(filesInMemory({ "labels.csv": labels }), part === undefined ? {} : { part });

const options = { seed: 1, resamples: 200, threshold: 0.5 };

function score(from: Test, predictions: string): Scores {
  if (from.kind === "classification") return from.score(readClassPredictions(predictions, from, "p.csv"), options);
  if (from.kind === "landmarks") return from.score(readLandmarkPredictions(predictions, from, "p.csv"), options);
  assert.ok(from.kind === "detection");
  return from.score(readBoxPredictions(predictions, from, "p.csv"), options);
}

for (const [id, { labels, predictions, count, missed, metrics }] of Object.entries(references)) {
  test(`${id}: the reference's score, within 1e-9`, async () => {
    const from = await read(id, labels);
    assert.equal(from.split.count, count);
    const scores = score(from, predictions);
    assert.equal(scores.missed, missed);
    assert.deepEqual(Object.keys(scores.metrics).sort(), Object.keys(metrics).sort());
    for (const [name, expected] of Object.entries(metrics)) {
      const { value, interval, reason } = scores.metrics[name]!;
      assert.ok(Math.abs(value - expected) < 1e-9, `${name}: expected ${expected}, received ${value}`);
      // an interval of percentiles holds the value of all but the strangest samples; ECE is biased upwards in resamples
      if (name !== "ece") assert.ok(interval[0] <= value && value <= interval[1], `${name}: ${value} in ${interval}`);
      assert.equal(reason, undefined);
    }
  });

  test(`${id}: the order of rows changes nothing, not a byte`, async () => {
    const once = await read(id, labels);
    const turned = await read(id, reversed(labels));
    assert.deepEqual(turned.split, once.split);
    assert.equal(JSON.stringify(score(turned, reversed(predictions))), JSON.stringify(score(once, predictions)));
  });

  test(`${id}: a sample without a row, twice a row, a strange sample, a word, NaN are refused by line and column`, async () => {
    const from = await read(id, labels);
    const [header = "", ...rows] = predictions.trim().split("\n");
    const refused = (changed: readonly string[], code: string, message: RegExp) =>
      assert.throws(() => score(from, [header, ...changed].join("\n")), { code: `evaluation/${code}`, message });
    const wanted = rows.findIndex(
      (row) => !row.includes(",,") && from.samples.some((sample) => sample.id === row.split(",")[0]),
    );
    const others = rows.filter((_, i) => i !== wanted);
    const cells = rows[wanted]!.split(",");
    refused(others, "missing-rows", new RegExp(`1 have none, the first is "${cells[0]}"`));
    refused([...rows, rows[wanted]!], "table-cell", new RegExp(`line ${rows.length + 2}, .*each sample once`));
    refused([...rows, ["nobody", ...cells.slice(1)].join(",")], "table-cell", /a sample of the split/);
    for (const wrong of ["much", "NaN", "Infinity", "1e999", "0x1", ""]) {
      const spoilt = cells.map((cell, i) => (i === 2 ? wrong : cell)).join(",");
      refused([spoilt, ...others], "table-cell", new RegExp(`p.csv, line 2, column "${header.split(",")[2]}".*number`));
    }
    refused([...rows, `${rows[wanted]},1`], "table-format", /cells, as in the header/);
  });
}

const reversed = (text: string): string => {
  const [header = "", ...rows] = text.trim().split("\n");
  return [header, ...rows.reverse()].join("\n");
};

test("every protocol: its id, unique metrics with a direction, parts, terms; scores have the keys that it declares", async () => {
  for (const [id, protocol] of Object.entries(protocols)) {
    assert.equal(protocol.id, id);
    const names = protocol.metrics.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.ok(protocol.parts.length > 0 && protocol.unit && protocol.data.licence && protocol.data.where);
    for (const { metric, value } of protocol.published) {
      const most = protocol.metrics.find(({ name }) => name === metric)?.unit === "fraction" ? 1 : 3; // P_MTL: up to 3
      assert.ok(names.includes(metric) && value >= 0 && value <= most, `${id}: ${metric} ${value}`);
    }
  }
  for (const [id, { metrics }] of Object.entries(references)) {
    assert.deepEqual(
      protocolOf(id)
        .metrics.map(({ name }) => name)
        .sort(),
      Object.keys(metrics).sort(),
    );
  }
  assert.throws(() => protocolOf("toString"), {
    code: "evaluation/unknown-protocol",
    message: /ferplus, .*"toString"/,
  });
});

test("keys of results that others read by name", () => {
  const keys = {
    ferplus: ["accuracy", "macro_f1", "ece"],
    mtfl: ["mean_error", "failure_rate", "pose_accuracy", "smile_accuracy", "glasses_accuracy"],
    landmarks68: ["nme", "auc_8", "failure_rate_10"],
    "ckplus-au": ["mean_f1", "f1_au1", "f1_au12", "f1_au25"],
    lfw: ["accuracy", "standard_error"],
    faces: ["recall", "ap", "false_faces_per_image"],
    folder: ["accuracy", "macro_f1"],
  };
  for (const [id, expected] of Object.entries(keys)) {
    const declared = protocolOf(id).metrics.map(({ name }) => name);
    for (const name of expected) assert.ok(declared.includes(name), `${id}: ${name}`);
  }
});

test("planted labels are refused by line and column", async () => {
  const plant = (text: string, row: number, column: string, value: string) => {
    const lines = text.split("\n");
    const at = lines[0]!.split(",").indexOf(column);
    lines[row] = lines[row]!.split(",")
      .map((cell, i) => (i === at ? value : cell))
      .join(",");
    return lines.join("\n");
  };
  for (const value of ["-5", "-1", "999", "NaN", ""]) {
    for (const [id, column] of [
      ["fer2013", "emotion"],
      ["ferplus", "ferplus_fear"],
      ["ckplus", "emotion"],
    ] as const) {
      const labels = plant(references[id].labels, 3, column, value);
      await assert.rejects(read(id, labels), {
        code: "evaluation/table-cell",
        message: new RegExp(`labels.csv, line 4, column "${column}": .*${JSON.stringify(value)}`),
      });
    }
  }
  await assert.rejects(read("mtfl", plant(references.mtfl.labels, 3, "nose_x", "")), { code: "evaluation/table-cell" });
  await assert.rejects(read("mtfl", plant(references.mtfl.labels, 3, "head_pose", "6")), /whole number from 1 to 5/);
  await assert.rejects(
    read("landmarks68", plant(references.landmarks68.labels, 3, "y67", "x")),
    /line 4, column "y67"/,
  );
});

test("answers of a model that lacks a class of the split are refused, and the class named", async () => {
  const from = await read("ferplus", references.ferplus.labels);
  assert.ok(from.kind === "classification");
  const labels = from.classes.filter((name) => name !== "disgust");
  const logits = new Map(from.samples.map(({ id }) => [id, labels.map(() => 0)]));
  assert.throws(() => from.score({ labels, logits, hasProbabilities: true }, options), {
    code: "evaluation/unscored-classes",
    message: /contempt without disgust\.$/,
  });
});

test("classes told without probabilities: the same accuracy and F1, calibration undefined", async () => {
  const { labels, predictions, metrics } = references.ferplus;
  const from = await read("ferplus", labels);
  const [header = "", ...rows] = predictions.trim().split("\n");
  const names = header.split(",").slice(1);
  const named = rows.map((row) => {
    const [id, ...cells] = row.split(",");
    const numbers = cells.map(Number);
    return `${id},${cells[0] === "" ? "" : names[numbers.indexOf(Math.max(...numbers))]}`;
  });
  const scores = score(from, ["file,label", ...named].join("\n")).metrics;
  assert.equal(scores.accuracy!.value, metrics.accuracy);
  assert.ok(Math.abs(scores.macro_f1!.value - metrics.macro_f1!) < 1e-9);
  assert.deepEqual(
    [scores.ece!.value, scores.nll!.value, scores.votes_nll!.value],
    [Number.NaN, Number.NaN, Number.NaN],
  );
  assert.match(scores.ece!.reason!, /without probabilities/);
});

test("intervals are over subjects, people, photographs and copies: with one of them nothing varies", async () => {
  const onlyUnit = async (id: string, labels: string, predictions: string) =>
    assert.match(Object.values(score(await read(id, labels), predictions).metrics)[0]!.reason ?? "", /one unit/, id);
  const { ferplus, ckplus, mtfl, landmarks68 } = references;
  await onlyUnit("ckplus", ckplus.labels.replaceAll(/S00\d,/g, "S000,"), ckplus.predictions);
  await onlyUnit("mtfl", mtfl.labels.replaceAll(/\d+-image\d+/g, "1-image1"), mtfl.predictions);
  await onlyUnit(
    "landmarks68",
    landmarks68.labels.replaceAll(/helen_test,\d+_/g, "helen_test,1_"),
    landmarks68.predictions,
  );
  await onlyUnit("ferplus", ferplus.labels.replaceAll(/test_00.png,\d+/g, "test_00.png,5"), ferplus.predictions);
  const people = mtfl.labels.replaceAll(/aflw\/\d+-image\d+.jpg/g, "lfw_5590/Ann_Lee_0001.jpg");
  await onlyUnit("mtfl", people, mtfl.predictions);
});

test("parts: by name, the test part before others, and an error that lists them", async () => {
  const { labels } = references.fer2013;
  assert.equal((await read("fer2013", labels)).split.name, "test");
  assert.equal((await read("fer2013", labels, "train")).split.count, 40);
  const known = labels.split("\n").filter((row) => !row.includes(",test,"));
  assert.equal((await read("fer2013", known.join("\n"))).split.name, "valid");
  await assert.rejects(read("fer2013", labels, "dev"), {
    code: "evaluation/unknown-part",
    message: /part dev .* only those of test, valid, train/,
  });
});

test("faces: its own labels as finds score full marks, machine-labelled pictures count neither way", async () => {
  const files = filesInMemory({
    "images.csv": "file,labels\na.jpg,human\nb.jpg,negative\nc.jpg,machine\n",
    "faces.csv": "file,x,y,width,height,kind\na.jpg,0,0,10,10,face\na.jpg,50,0,10,10,ignore\nc.jpg,0,0,9,9,ignore\n",
  });
  const from = await protocols.faces.read(files);
  assert.deepEqual(
    from.samples.map(({ id }) => id),
    ["a.jpg", "b.jpg"],
  );
  const finds = "file,x,y,width,height,score\na.jpg,0,0,10,10,0.9\na.jpg,50,0,10,10,0.9\nc.jpg,5,5,10,10,1\n";
  const scores = score(from, finds);
  assert.equal(scores.missed, 0);
  assert.deepEqual(
    Object.entries(scores.metrics).map(([name, { value }]) => [name, value]),
    [
      ["recall", 1],
      ["precision", 1],
      ["false_faces_per_image", 0],
      ["ap", 1],
    ],
  );
  const nothing = score(from, "file,x,y,width,height,score\nb.jpg,0,0,5,5,0.7\n");
  assert.deepEqual([nothing.missed, nothing.metrics.false_faces_per_image!.value], [1, 0.5]);
  assert.throws(() => score(from, "file,x,y,width,height,score\na.jpg,0,0,-5,5,0.7\n"), /column "width".*at least 0/);
});

test("faces: a list of faceless pictures, and the boxes of group photographs; the labels of another set are refused", async () => {
  const faceless = await protocols.faces.read(
    filesInMemory({ "labels.csv": "file,coco_image_id\na.jpg,1\nb.jpg,2\n" }),
  );
  const { metrics } = score(faceless, "file,x,y,width,height,score\nb.jpg,0,0,5,5,0.7\nb.jpg,9,9,5,5,0.4\n");
  assert.deepEqual([metrics.false_faces_per_image!.value, metrics.recall!.reason], [0.5, "no boxes to find"]);
  const group = await protocols.faces.read(
    filesInMemory({ "faces.csv": "file,box_x,box_y,box_w,box_h,ignore\na.jpg,0,0,5,5,0\na.jpg,20,0,5,5,1\n" }),
  );
  assert.equal(score(group, "file,x,y,width,height,score\na.jpg,0,0,5,5,1\n").metrics.recall!.value, 1);
  await assert.rejects(read("faces", references.ckplus.labels), {
    code: "evaluation/table-format",
    message: /coco_image_id/,
  });
});

test("folder: classes by label file or by folders, parts, groups; a label of no picture is wrong, not left out", async () => {
  const labelled = await protocols.folder.read(
    filesInMemory({ "index.csv": "path,digit,note\ntrain/0/a.jpg,0,x\ntest/1/b.jpg,1,x\ntest/0/c.jpg,0,x\n" }),
  );
  assert.deepEqual([labelled.split.name, labelled.split.count], ["test", 2]);
  const grouped = await protocols.folder.read(
    filesInMemory({ "labels.csv": "file,mask,group\na.jpg,1,7\nb.jpg,0,7\n" }),
  );
  // one group does not vary
  assert.match(score(grouped, "file,label\na.jpg,1\nb.jpg,0\n").metrics.accuracy!.reason!, /one unit/);
  const bare = await protocols.folder.read(
    filesInMemory({ "val/cat/1.jpg": "", "val/dog/2.jpg": "", "train/cat/3.jpg": "", "README.md": "" }),
  );
  assert.deepEqual([bare.split.name, bare.samples.map(({ id }) => id)], ["valid", ["val/cat/1.jpg", "val/dog/2.jpg"]]);
  const bird = "file,cat,dog,bird\nval/cat/1.jpg,0.3,0.1,0.6\nval/dog/2.jpg,0.1,0.8,0.1\n";
  assert.equal(score(bare, bird).metrics.accuracy!.value, 0.5);
  assert.throws(() => score(bare, "file,cat\nval/cat/1.jpg,1\nval/dog/2.jpg,0\n"), /none for dog/);
});
