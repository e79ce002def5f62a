// Expected scores from fixtures/voc/reference.py (numpy, after VOCevaldet.m); the others by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fixtureNumbers, fixtureRelease, fixtureTexts } from "../fixture.test.support.ts";
import type { ObjectsTest, PredictionFile } from "../protocol.ts";
import { filesInMemory } from "../release-files.ts";
import { readVocObjects, vocClasses } from "./release.ts";
import { voc } from "./voc.ts";

const texts = fixtureTexts("voc");
const options = { seed: 1, resamples: 100 };
const read = async (files = fixtureRelease("voc"), part?: string) =>
  (await voc.read(files, part === undefined ? {} : { part })) as ObjectsTest;

const detFile = (key: string): PredictionFile => {
  const name = `comp4_det_val_${key}.txt`;
  return { name, key, text: texts[`results/${name}`]! };
};
const detFiles = vocClasses.map(detFile);
const fromTxt = (from: ObjectsTest, files: readonly PredictionFile[] = detFiles) =>
  from.score(from.formats[".txt"]!.read(files), options);
const fromCsv = (from: ObjectsTest, text: string) =>
  from.score(from.formats[".csv"]!.read([{ name: "p.csv", text }]), options);

test("the reference's scores, from result files and from a table, within 1e-12", async () => {
  const from = await read();
  assert.deepEqual([from.split.name, from.split.count], ["2008_val", 12]);
  assert.deepEqual(from.samples[0]!.picture, { file: "VOCdevkit/VOC2008/JPEGImages/2008_000001.jpg" });
  assert.deepEqual(from.formats[".txt"]!.keys, vocClasses);
  const { missed, ...expected } = fixtureNumbers("voc");
  for (const scores of [fromTxt(from), fromCsv(from, texts["finds.csv"]!)]) {
    assert.equal(scores.missed, missed);
    assert.deepEqual(Object.keys(scores.metrics), Object.keys(expected));
    for (const [name, { value, interval }] of Object.entries(scores.metrics)) {
      assert.ok(Math.abs(value - expected[name]!) < 1e-12, `${name}: ${value}, expected ${expected[name]}`);
      assert.ok(interval[0] <= value && value <= interval[1], `${name}: ${value} in ${interval}`);
    }
  }
});

test("the order of lists, objects and finds changes nothing, not a byte, ties included", async () => {
  const reversed = (text: string) => text.trim().split("\n").reverse().join("\n");
  const list = "VOCdevkit/VOC2008/ImageSets/Main/val.txt";
  const turnedXml = Object.fromEntries(
    Object.entries(texts)
      .filter(([name]) => name.endsWith(".xml"))
      .map(([name, text]) => [
        name,
        `<annotation>${text
          .match(/<object>[\s\S]*?<\/object>/g)!
          .reverse()
          .join("")}</annotation>`,
      ]),
  );
  const [once, turned] = [
    await read(),
    await read(fixtureRelease("voc", { [list]: reversed(texts[list]!), ...turnedXml })),
  ];
  assert.deepEqual(turned.split, once.split);
  // rounding to tenths makes ties
  const tied = detFiles.map((file) => ({ ...file, text: file.text.replace(/ (0\.\d)\d+ /g, " $1 ") }));
  const back = [...tied].reverse().map((file) => ({ ...file, text: reversed(file.text) }));
  assert.equal(JSON.stringify(fromTxt(turned, back)), JSON.stringify(fromTxt(once, tied)));
});

test("missing finds are missed; a class of no object and a find in another part change nothing", async () => {
  const from = await read();
  const silent = fromTxt(
    from,
    detFiles.map((file) => ({ ...file, text: "" })),
  );
  assert.deepEqual([silent.metrics.map_area!.value, silent.metrics.map_eleven_point!.value], [0, 0]);
  const objects = Object.entries(texts)
    .filter(([name]) => name.endsWith(".xml"))
    .map(([, text]) => text)
    .join("");
  assert.equal(silent.missed, objects.match(/<difficult>0/g)!.length);
  const others = detFiles.map((file) =>
    file.key === "car"
      ? { ...file, text: `${file.text}2008_000013 1.0 1 1 9 9\n` }
      : file.key === "cat"
        ? { ...file, text: "" }
        : file,
  );
  const { outcomes: _, ...scores } = fromTxt(from, others);
  const { outcomes, ...whole } = fromTxt(from);
  assert.deepEqual(scores, whole);
  assert.equal(outcomes!.length, from.split.count);
});

test("planted finds are refused by file and line", async () => {
  const from = await read();
  const refused = (line: string, code: string, message: RegExp) =>
    assert.throws(() => fromTxt(from, [{ name: "d.txt", key: "car", text: `2008_000001 0.5 1 1 9 9\n${line}\n` }]), {
      code: `evaluation/${code}`,
      message,
    });
  refused("2008_999999 0.5 1 1 9 9", "unknown-image", /^d.txt, line 2: .*"2008_999999"/);
  for (const score of ["NaN", "nan", "inf", "much"])
    refused(`2008_000001 ${score} 1 1 9 9`, "text-format", /line 2: .*finite/);
  refused("2008_000001 0.5 1 1 9", "text-format", /line 2/);
  refused("2008_000001 0.5 1 1 9 9 9", "text-format", /line 2/);
  refused("2008_000001 0.5 20 1 9 9", "text-format", /line 2: .*not below/);
  refused("2008_000001 0.5 nan 1 9 9", "text-format", /line 2/);
  const header = "file,class,x,y,width,height,score\n";
  const cell = (row: string, column: string) =>
    assert.throws(() => fromCsv(from, header + row), {
      code: "evaluation/table-cell",
      message: new RegExp(`"${column}"`),
    });
  cell("2008_000001,unicorn,1,1,9,9,0.5", "class");
  cell("2008_000001,car,1,1,9,9,NaN", "score");
  cell("2008_000001,car,1,1,-9,9,1", "width");
  cell("nothing,car,1,1,9,9,1", "file");
});

test("a part of another size is refused; parts by year; planted labels are refused by file", async () => {
  const renamed = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name.replace("VOC2008", "VOC2007").replace("Main/val", "Main/test"),
      text,
    ]),
  );
  await assert.rejects(read(filesInMemory(renamed)), {
    code: "evaluation/split-mismatch",
    message: /voc, part 2007_test: expected the 4952 samples .* received 12/,
  });
  await assert.rejects(read(undefined, "2008_test"), {
    code: "evaluation/unknown-part",
    message: /2008_train, 2008_val/,
  });
  const file = "VOCdevkit/VOC2008/Annotations/2008_000001.xml";
  const planted = (text: string) => read(fixtureRelease("voc", { [file]: text }));
  const object = (name: string, box: string, difficult = "0") =>
    `<annotation><object><name>${name}</name><bndbox>${box}</bndbox><difficult>${difficult}</difficult></object></annotation>`;
  const box = "<xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax>";
  await assert.rejects(planted(object("unicorn", box)), {
    code: "evaluation/text-format",
    message: /000001.xml, object 0/,
  });
  await assert.rejects(planted(object("car", box.replace("9", "NaN"))), { code: "evaluation/text-format" });
  await assert.rejects(planted(object("car", box, "2")), /difficult 0 or 1/);
  await assert.rejects(planted("no xml"), /an <annotation>/);
  const { [file]: _, ...without } = texts;
  await assert.rejects(read(filesInMemory(without)), { code: "evaluation/missing-labels", message: /2008_000001.xml/ });
});

test("a box of VOC counts pixels from 1 and has both corners; those of parts of a person are no objects", () => {
  const box = (by: number) => `<bndbox><xmin>${by}</xmin><ymin>2</ymin><xmax>10</xmax><ymax>2</ymax></bndbox>`;
  const person = `<object><name>person</name>${box(1)}<part><name>head</name>${box(5)}</part></object>`;
  assert.deepEqual(readVocObjects(`<annotation>${person}</annotation>`, "a.xml"), [
    { name: "person", box: { x: 0, y: 1, width: 10, height: 1 }, difficult: false },
  ]);
});
