// Label files of fixtures/affect.json (made by affect.py), samples of official files where they are at hand, and by hand.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readLsd } from "./abaw4-lsd/release.ts";
import { readAffWild } from "./abaw4-mtl/release.ts";
import { readAffectNet } from "./affectnet/release.ts";
import { bp4dFolds } from "./bp4d/bp4d.ts";
import { readCodedFrames } from "./ckplus-au/release.ts";
import { disfaFolds } from "./disfa/disfa.ts";
import { readEmotioNet } from "./emotionet-2020/release.ts";
import { readFolds } from "./multitask/unit-folds.ts";
import { rafDbExpressions, readRafDb } from "./rafdb/release.ts";
import { filesInMemory } from "./release-files.ts";
import { protocols } from "./table.ts";

type Texts = Readonly<Record<string, string>>;

const references = JSON.parse(readFileSync(new URL("../../fixtures/affect.json", import.meta.url), "utf8")) as Readonly<
  Record<string, { readonly official: Texts; readonly labels: Texts }>
>;

const shared = process.env.FOVEA_SHARED ?? fileURLToPath(new URL("../../../../../shared", import.meta.url));
const formats = join(shared, "data", "format_fixtures");
const needs = (folder: string) => ({ skip: !existsSync(folder) && `not here: ${folder} (set FOVEA_SHARED)` });
const textIn = (...path: readonly string[]) => readFileSync(join(formats, ...path), "utf8");

/** What both layouts must tell alike, by protocol. */
const readers = {
  affectnet: async (texts: Texts) =>
    (await readAffectNet(filesInMemory(texts))).rows.map(({ picture: _, whole: __, ...row }) => row),
  rafdb: async (texts: Texts) =>
    (await readRafDb(filesInMemory(texts))).rows.map(({ id, part, target }) => [id, part, target]),
  "abaw4-mtl": async (texts: Texts) => (await readAffWild(filesInMemory(texts))).rows,
  "abaw4-lsd": async (texts: Texts) => (await readLsd(filesInMemory(texts))).rows,
  disfa: async (texts: Texts) => (await readFolds(filesInMemory(texts), disfaFolds)).rows,
  bp4d: async (texts: Texts) => (await readFolds(filesInMemory(texts), bp4dFolds)).rows,
  "ckplus-au": async (texts: Texts) => (await readCodedFrames(filesInMemory(texts))).rows,
};

const byText = (rows: readonly unknown[]) => [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

for (const [id, read] of Object.entries(readers)) {
  test(`${id}: both layouts tell the same`, async () => {
    const { official, labels } = references[id]!;
    const rows = byText(await read(official));
    assert.ok(rows.length >= 20);
    assert.deepEqual(rows, byText(await read(labels)));
  });
}

/** Plants a text in place of the first match in whatever file has it. */
function planted(texts: Texts, place: RegExp, text: string): Texts {
  const name = Object.keys(texts).find((key) => place.test(texts[key]!));
  assert.ok(name, `${place}`);
  return { ...texts, [name]: texts[name]!.replace(place, text) };
}

test("planted labels: those that say nothing are missing, the others are refused by file and line", async () => {
  const refused = async (read: (texts: Texts) => Promise<unknown>, texts: Texts, place: RegExp, text: string) =>
    assert.rejects(read(planted(texts, place, text)), (error: { code: string; message: string }) => {
      assert.match(error.code, /^evaluation\/(text-format|table-cell)$/, text);
      return assert.match(error.message, /, line \d+/, text) ?? true;
    });
  for (const value of ["-5", "-1", "999", "NaN", "0.5", "9"]) {
    await refused(readers.disfa, references.disfa!.official, /\b[01] [01]/, `1 ${value}`);
    await refused(readers.bp4d, references.bp4d!.labels, /,[01]\n/, `,${value}\n`);
    await refused(readers.rafdb, references.rafdb!.official, / [1-7]\n/, ` ${value}\n`);
    await refused(readers["abaw4-lsd"], references["abaw4-lsd"]!.labels, /,anger\n/, `,${value}\n`);
    if (value !== "-1") {
      await refused(readers["abaw4-mtl"], references["abaw4-mtl"]!.official, /,[01]\n/, `,${value}\n`);
      await refused(readers["abaw4-mtl"], references["abaw4-mtl"]!.labels, /,[01]\n/, `,${value}\n`);
    }
    if (value !== "9")
      await refused(readers.affectnet, references.affectnet!.official, /4",?[0-7],|4,[0-7],/, `4,${value},`);
  }
  for (const value of ["-4", "1.01", "999", "NaN"]) {
    await refused(readers["abaw4-mtl"], references["abaw4-mtl"]!.official, /jpg,0\.\d+,/, `jpg,${value},`);
  }
  for (const value of ["4:6", "4:x", "4", "4:1 4:2", "0:1", "100:1", "-1:0"]) {
    const texts = { "action_units.csv": `file,subject,action_units\na.png,S1,1:2\nb.png,S1,${value}\n` };
    await assert.rejects(readers["ckplus-au"](texts), {
      code: "evaluation/table-cell",
      message: /line 3, column "action_units"/,
    });
  }
  const facs = { "FACS/S005/001/S005_001_00000011_facs.txt": "  4.0e+00  1.0e+00\n  7.0e+00  6.0e+00\n" };
  await assert.rejects(readers["ckplus-au"](facs), {
    code: "evaluation/text-format",
    message: /_facs.txt, line 2: .*from 0 to 5/,
  });
});

test("abaw4-mtl: one of valence and arousal that is missing leaves out both; units are missing one by one", async () => {
  const row = (id: string, rest: string) => `${id},${rest},1,0,1,0,1,0,1,0,1,0,1,-1\n`;
  const { rows } = await readAffWild(
    filesInMemory({
      "annotations/training_set_annotations.txt": `image,valence,arousal,expression,aus\n${row("v_left/1.jpg", "0.5,-5,7")}${row("w/1.jpg", "-1,1,-1")}`,
    }),
  );
  assert.deepEqual(
    rows.map(({ part, video, quantities, expression, targets }) => [
      part,
      video,
      ...quantities,
      expression,
      targets.at(-1),
    ]),
    [
      ["train", "v", Number.NaN, Number.NaN, 7, Number.NaN],
      ["train", "w", -1, 1, undefined, Number.NaN],
    ],
  );
});

test("emotionet-2020: any label but 0 and 1 is missing, in both layouts; the part is told by the list's name", async () => {
  const { rows } = await readEmotioNet(
    filesInMemory({
      "lists/Validation_23.txt": "URL\tid\t AU 1\tAU 02\tAU4\tAU5\nhttp://a.org/x.jpg\t1\t1\t0\t999\t-1\r\n",
      "readme.txt": "no list",
    }),
  );
  assert.equal(rows.length, 1);
  const [{ part, id, file, targets }] = rows as [(typeof rows)[number]];
  assert.deepEqual([part, id, file, targets.slice(0, 2)], ["validation", "http://a.org/x.jpg", "x.jpg", [1, 0]]);
  assert.ok(targets.slice(2).every(Number.isNaN));
});

test("folds: a subject of another fold, lists of different length and a picture twice are refused", async () => {
  const { official, labels } = references.disfa!;
  await assert.rejects(
    readers.disfa(planted(official, /SN003/, "SN002")),
    /SN003, .* alone in test fold 1, received SN002/,
  );
  await assert.rejects(readers.disfa(planted(official, /SN003\/0.png\n/, "")), { code: "evaluation/row-count" });
  await assert.rejects(protocols.disfa.read(filesInMemory(planted(labels, /SN003\/0.png/, "SN003/1.png"))), {
    code: "evaluation/repeated-image",
  });
  // one fold alone is scored as what it is
  const list = Object.fromEntries(
    Object.entries(labels).map(([name, text]) => [name, text.replaceAll(/.*,[23],[01,]+\n/g, "")]),
  );
  assert.equal((await protocols.disfa.read(filesInMemory(list))).split.name, "fold1");
});

test("affectnet: a list without a header, its face by the rectangle; other codes are not scored", async () => {
  const line = (code: string) => `1/${code}.jpg,3,4,50,60,1;2,${code},0.1,-0.2\n`;
  const files = filesInMemory({ "Manually_Annotated/validation.csv": line("3") + line("10") });
  const { rows } = await readAffectNet(files);
  assert.deepEqual(rows[0], {
    id: "1/3.jpg",
    part: "valid",
    picture: { file: "1/3.jpg", tile: { x: 3, y: 4, width: 50, height: 60 } },
    whole: { file: "1/3.jpg" },
    expression: 3,
    quantities: [0.1, -0.2],
  });
  assert.equal(rows[1]!.expression, undefined);
  await assert.rejects(
    readAffectNet(filesInMemory({ "validation.csv": line("3") + line("11") })),
    /validation.csv, line 2/,
  );
});

/** The modes of a part, and of its first sample what each of them gives. */
async function givenOf(id: string, texts: Texts, options: { part?: string; mismatch?: "custom" } = {}) {
  const { modes, samples } = await protocols[id as keyof typeof protocols].read(filesInMemory(texts), options);
  const [{ picture, whole = picture }] = samples as [(typeof samples)[number]];
  return { modes, direct: picture, end_to_end: whole };
}

test("direct gives the annotated face, end_to_end the whole picture, in every set that has both", async () => {
  const both = ["direct", "end_to_end"];
  const face = { file: "a.jpg", tile: { x: 3, y: 4, width: 50, height: 60 } };
  const whole = { file: "a.jpg" };
  const list = { "validation.csv": "a.jpg,3,4,50,60,1;2,3,0.1,-0.2\n" };
  for (const id of ["affectnet", "affectnet-va"]) {
    assert.deepEqual(await givenOf(id, list, { mismatch: "custom" }), { modes: both, direct: face, end_to_end: whole });
  }
  const names = { "list_patition_label.txt": "test_0001.jpg 1\n" };
  const aligned = { "aligned/test_0001_aligned.jpg": "" };
  const original = { "original/test_0001.jpg": "" };
  const custom = { mismatch: "custom" } as const;
  const cut = { file: "aligned/test_0001_aligned.jpg" };
  const photograph = { file: "original/test_0001.jpg" };
  assert.deepEqual(await givenOf("rafdb", { ...names, ...aligned, ...original }, custom), {
    ...{ modes: both, direct: cut, end_to_end: photograph },
  });
  assert.deepEqual((await givenOf("rafdb", { ...names, ...aligned }, custom)).modes, ["direct"]);
  assert.deepEqual((await givenOf("rafdb", { ...names, ...original }, custom)).modes, ["end_to_end"]);
  assert.deepEqual((await givenOf("rafdb", names, custom)).modes, ["end_to_end"]);
  // a crop has nothing around the face, and is the whole picture too
  const crop = { modes: both, direct: whole, end_to_end: whole };
  const row = { "labels.csv": "file,expression,valence,arousal\na.jpg,fear,0.1,0.2\n" };
  for (const id of ["affectnet", "affectnet-va", "rafdb", "abaw4-lsd"])
    assert.deepEqual(await givenOf(id, row), crop, id);
  const units = { "action_units.csv": "file,subject,action_units\na.jpg,S1,1:2\n" };
  assert.deepEqual(await givenOf("ckplus-au", units), crop);
  const facs = { "FACS/S005/001/S005_001_00000011_facs.txt": "4 1\n" };
  assert.deepEqual((await givenOf("ckplus-au", facs, custom)).modes, ["end_to_end"]);
});

test("packed lists of expressions: one reader, each set with its own names, codes and parts", async () => {
  const rows = "file,expression,split,group\na.jpg,ANGRY,train,g\nb.jpg,happiness,,\n";
  const texts = { "labels.csv": rows };
  const { rows: lsd } = await readLsd(filesInMemory(texts));
  assert.deepEqual(lsd, [
    { id: "a.jpg", part: "train", unit: "g", target: 0 },
    { id: "b.jpg", part: "valid", unit: "b.jpg", target: 3 },
  ]);
  const { rows: raf } = await readRafDb(filesInMemory(texts));
  assert.deepEqual(
    raf.map(({ part, target }) => [part, target]),
    [
      ["train", 5],
      ["test", 3],
    ],
  );
  const { rows: affect } = await readAffectNet(filesInMemory(texts));
  assert.deepEqual(
    affect.map(({ part, expression }) => [part, expression]),
    [
      ["train", 6],
      ["valid", 1],
    ],
  );
  const coded = { "labels.csv": rows.replace("ANGRY", "8").replace("happiness", "2") };
  const { rows: codes } = await readAffectNet(filesInMemory(coded));
  assert.deepEqual(
    codes.map(({ expression }) => expression),
    [undefined, 2],
  );
  // codes are of AffectNet alone
  await assert.rejects(readRafDb(filesInMemory(coded)), { code: "evaluation/table-cell", message: /one of surprise/ });
  await assert.rejects(readLsd(filesInMemory(coded)), { code: "evaluation/table-cell", message: /one of anger/ });
});

test("rafdb: the aligned face where the release has it, in either spelling of the list", async () => {
  const list = "train_00001.jpg 5\ntest_0001.jpg 1\n";
  for (const name of ["list_partition_label.txt", "basic/EmoLabel/list_patition_label.txt"]) {
    const { rows } = await readRafDb(filesInMemory({ [name]: list, "Image/aligned/test_0001_aligned.jpg": "" }));
    assert.deepEqual(
      rows.map(({ part, target, aligned, whole }) => [part, rafDbExpressions[target], aligned, whole]),
      [
        ["train", "sadness", undefined, undefined],
        ["test", "surprise", "Image/aligned/test_0001_aligned.jpg", undefined],
      ],
    );
  }
});

test("samples of the official lists are read", needs(formats), async () => {
  const { rows } = await readRafDb(
    filesInMemory({ "list_partition_label.txt": textIn("raf_db", "list_partition_label_head.txt") }),
  );
  assert.deepEqual([rows.length, rows[0]!.part, rafDbExpressions[rows[0]!.target]], [40, "train", "sadness"]);
  for (const [set, units, first] of [
    [disfaFolds, 8, "SN003"],
    [bp4dFolds, 12, "F007"],
  ] as const) {
    const paths = textIn("au_lists", `${set.name}_test_img_path_fold1_head.txt`);
    const labels = textIn("au_lists", `${set.name}_test_label_fold1.txt`);
    const named = (list: string) => ({
      [`data/${set.name}/list/${set.name}_test_img_path_fold1.txt`]: list,
      [`data/${set.name}/list/${set.name}_test_label_fold1.txt`]: labels,
    });
    await assert.rejects(readFolds(filesInMemory(named(paths)), set), {
      code: "evaluation/row-count",
      message: /100 .* 5/,
    });
    const frames = paths.split("\n").slice(0, 5).join("\n");
    const { rows: read } = await readFolds(filesInMemory(named(frames)), set);
    assert.deepEqual([read.length, read[0]!.subject, read[0]!.targets.length], [5, first, units]);
    const protocol = set === disfaFolds ? protocols.disfa : protocols.bp4d;
    await assert.rejects(protocol.read(filesInMemory(named(frames))), {
      code: "evaluation/split-mismatch",
      message: /part fold1: expected the 4\d+ samples .* received 5/,
    });
  }
  const folder = join(formats, "ckplus_facs");
  const facs = readdirSync(folder).filter((name) => name.endsWith("_facs.txt"));
  const coded = await readCodedFrames(
    filesInMemory(Object.fromEntries(facs.map((name) => [name, textIn("ckplus_facs", name)]))),
  );
  const index = textIn("ckplus_facs", "index.csv").trim().split("\n").slice(1);
  assert.deepEqual(
    coded.rows.map(({ id, units }) => [id.split("/").at(-1), [...units].map((unit) => unit.join(":")).join(" ")]),
    index.map((row) => [`${row.split(",")[0]}.png`, row.split(",").at(-1)]),
  );
});

const ckplus48 = join(shared, "data", "ckplus48");

// 167 frames of 85 subjects; units and positives counted by a script over the file
test("ckplus-au reads the packed folder as it is", needs(ckplus48), async () => {
  const text = readFileSync(join(ckplus48, "action_units.csv"), "utf8");
  const from = await protocols["ckplus-au"].read(filesInMemory({ "action_units.csv": text, "labels.csv": "" }));
  assert.ok(from.kind === "multitask");
  assert.equal(from.split.count, 167);
  const frequent = [1, 2, 4, 5, 6, 7, 9, 12, 14, 15, 17, 20, 23, 24, 25, 27, 38].map((unit) => `AU${unit}`);
  assert.deepEqual(from.labels, frequent);
  const { metrics } = from.score(
    new Map(from.samples.map(({ id }) => [id, { quantities: [], logits: [], scores: frequent.map(() => 1) }])),
    { seed: 1, resamples: 20, threshold: 0.5 },
  );
  // all named: F1 = 2n / (n + 167)
  assert.ok(Math.abs(metrics.f1_au4!.value - (2 * 87) / (87 + 167)) < 1e-12);
  assert.ok(Math.abs(metrics.f1_au17!.value - (2 * 83) / (83 + 167)) < 1e-12);
  assert.match(metrics.f1_au10!.reason!, /fewer than 15/);
});
