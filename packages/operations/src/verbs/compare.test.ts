// Expected p-values from scipy 1.10.1 (binomtest) where said; the others by hand.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { runOperation } from "../operation.ts";
import { compare } from "./compare.ts";
import type { Comparison } from "./comparison.ts";
import { evaluate } from "./evaluate.ts";
import { fakeContext } from "./fake-context.test.support.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-compare-"));
  await mkdir(join(folder, "data"));
  const rows = Array.from({ length: 60 }, (_, i) => `${i}.png,${i % 2 ? "x" : "y"}`);
  await writeFile(join(folder, "data", "labels.csv"), `file,kind\n${rows.join("\n")}\n`);
  // b is wrong on 3, c on 20 others, d as b on 3 and on one more
  const wrong = { a: (i: number) => i < 3, b: (i: number) => i >= 40, c: (i: number) => i < 3 || i === 30 };
  for (const [name, isWrong] of Object.entries(wrong)) {
    const told = rows.map((row, i) => {
      const [file, kind] = row.split(",");
      return `${file},${isWrong(i) === (kind === "x") ? "y" : "x"}`;
    });
    await writeFile(join(folder, `${name}.csv`), `file,label\n${told.join("\n")}\n`);
    await save(name);
  }
});
after(() => rm(folder, { recursive: true }));

/** Saves name.jsonl with outcomes, and name.json without. */
async function save(name: string) {
  const context = fakeContext({ parts: { commit: async () => null } });
  const outcomes = join(folder, `${name}.jsonl`);
  const input = { subject: join(folder, `${name}.csv`), protocol: "folder", data: join(folder, "data"), outcomes };
  const lines: string[] = [];
  for await (const result of runOperation(evaluate, input, context)) lines.push(`${JSON.stringify(result)}\n`);
  await writeFile(join(folder, `${name}.json`), lines.join(""));
  const [first = "", ...samples] = (await readFile(outcomes, "utf8")).trim().split("\n");
  assert.equal(`${first}\n`, lines.join(""));
  assert.equal(samples.length, 60);
}

async function comparison(first: string, second: string): Promise<Comparison> {
  const results: Comparison[] = [];
  const input = { first: join(folder, first), second: join(folder, second) };
  for await (const result of runOperation(compare, input, fakeContext())) results.push(compare.output.parse(result));
  assert.equal(results.length, 1);
  return results[0]!;
}

test("a gain beyond chance: which is better, by how much, the tests that say so", async () => {
  const found = await comparison("a.jsonl", "b.jsonl");
  assert.deepEqual([found.basis, found.units, found.first.name, found.second.name], ["paired", 60, "a.csv", "b.csv"]);
  const { accuracy, macro_f1, ece } = found.metrics;
  assert.deepEqual([accuracy?.first, accuracy?.second, accuracy?.verdict], [57 / 60, 40 / 60, "first"]);
  assert.ok(Math.abs(accuracy!.difference! + 17 / 60) < 1e-12);
  assert.ok(accuracy!.interval[1]! < 0 && accuracy!.interval[0]! < accuracy!.difference!);
  // scipy.stats.binomtest(3, 23).pvalue
  assert.deepEqual([accuracy?.mcnemar?.only_first, accuracy?.mcnemar?.only_second], [20, 3]);
  assert.ok(Math.abs(accuracy!.mcnemar!.p_value! - 0.00048828125) < 1e-9);
  assert.ok(accuracy!.p_value! < 0.005);
  assert.equal(macro_f1?.verdict, "first");
  assert.equal(macro_f1?.mcnemar, undefined);
  assert.deepEqual([ece?.verdict, ece?.difference], ["unknown", null]);
  // the other way round
  const back = await comparison("b.jsonl", "a.jsonl");
  assert.equal(back.metrics.accuracy?.verdict, "second");
  assert.equal(back.metrics.accuracy?.p_value, accuracy?.p_value);
});

test("a gain of one sample is noise, and so is none", async () => {
  const one = (await comparison("c.jsonl", "a.jsonl")).metrics.accuracy!;
  assert.ok(one.difference! > 0);
  assert.deepEqual([one.verdict, one.p_value, one.mcnemar?.p_value], ["noise", 1, 1]);
  const none = (await comparison("a.jsonl", "a.jsonl")).metrics.accuracy!;
  assert.deepEqual([none.difference, none.verdict, none.p_value], [0, "noise", 1]);
});

test("boxes are compared picture by picture: a better finder is found, equal ones are noise, strange evidence is refused", async () => {
  const data = join(folder, "coco");
  await mkdir(join(data, "annotations"), { recursive: true });
  const ids = Array.from({ length: 40 }, (_, i) => i + 1);
  const box = (id: number) => [10, 10, 40 + id, 40];
  const truth = {
    images: ids.map((id) => ({ id, file_name: `${id}.jpg`, width: 100, height: 100 })),
    categories: [{ id: 1, name: "cat" }],
    annotations: ids.map((id) => ({ image_id: id, category_id: 1, bbox: box(id), area: 40 * (40 + id), iscrowd: 0 })),
  };
  await writeFile(join(data, "annotations", "instances_val.json"), JSON.stringify(truth));
  // off by 30 pixels where it is wrong, and as sure as elsewhere
  const wrong = {
    most: (id: number) => id % 2 === 0,
    few: (id: number) => id % 10 === 0,
    other: (id: number) => id % 10 === 5,
  };
  for (const [name, isWrong] of Object.entries(wrong)) {
    const finds = ids.map((id) => {
      const [x = 0, ...rest] = box(id);
      return { image_id: id, category_id: 1, bbox: [isWrong(id) ? x + 30 : x, ...rest], score: 0.5 };
    });
    await writeFile(join(folder, `${name}.json`), JSON.stringify(finds));
    const context = fakeContext({ parts: { commit: async () => null } });
    const input = {
      subject: join(folder, `${name}.json`),
      protocol: "coco",
      data,
      outcomes: join(folder, `${name}.jsonl`),
    };
    for await (const _ of runOperation(evaluate, input, context));
  }
  const gain = await comparison("most.jsonl", "few.jsonl");
  assert.deepEqual([gain.basis, gain.units], ["paired", 40]);
  const { box_ap50, mask_ap } = gain.metrics;
  assert.equal(box_ap50?.verdict, "second");
  assert.ok(box_ap50!.p_value! < 0.01 && box_ap50!.interval[0]! > 0);
  assert.ok(Math.abs(box_ap50!.difference! - (box_ap50!.second! - box_ap50!.first!)) < 1e-12);
  assert.deepEqual([mask_ap?.verdict, mask_ap?.difference], ["unknown", null]);
  assert.equal((await comparison("few.jsonl", "other.jsonl")).metrics.box_ap50?.verdict, "noise");
  const text = await readFile(join(folder, "few.jsonl"), "utf8");
  await writeFile(join(folder, "spoilt.jsonl"), text.replace('"outcomes":"', '"outcomes":"#'));
  await assert.rejects(comparison("most.jsonl", "spoilt.jsonl"), {
    code: "evaluation/json-format",
    message: /outcome of/,
  });
});

test("the same command gives the same bytes", async () => {
  const once = JSON.stringify(await comparison("a.jsonl", "b.jsonl"));
  assert.equal(JSON.stringify(await comparison("a.jsonl", "b.jsonl")), once);
});

test("summaries alone: intervals that lie apart tell, those that overlap do not, and both are said", async () => {
  const apart = await comparison("a.json", "b.jsonl");
  assert.deepEqual([apart.basis, apart.units], ["intervals", undefined]);
  assert.equal(apart.metrics.accuracy?.verdict, "first");
  assert.match(apart.metrics.accuracy?.reason ?? "", /without the outcomes of samples .* lie apart/);
  assert.deepEqual([apart.metrics.accuracy?.p_value, apart.metrics.accuracy?.interval], [null, [null, null]]);
  const overlap = await comparison("a.json", "c.json");
  assert.equal(overlap.metrics.accuracy?.verdict, "unknown");
  assert.match(overlap.metrics.accuracy?.reason ?? "", /overlap/);
});

test("results of different splits, modes or samples are refused, and so is what is no result", async () => {
  const change = async (name: string, edit: (line: string, i: number) => string | undefined) => {
    const lines = (await readFile(join(folder, "a.jsonl"), "utf8")).trim().split("\n");
    await writeFile(join(folder, name), `${lines.flatMap((line, i) => edit(line, i) ?? []).join("\n")}\n`);
  };
  const first = (replace: (line: string) => string) => (line: string, i: number) => (i === 0 ? replace(line) : line);
  await change(
    "split.jsonl",
    first((line) => line.replace(/"sha256":"\w{3}/, '"sha256":"abc')),
  );
  await change(
    "mode.jsonl",
    first((line) => line.replace('"direct"', '"end_to_end"')),
  );
  await change("fewer.jsonl", (line, i) => (i === 5 ? undefined : line));
  const refused = (name: string, message: RegExp) =>
    assert.rejects(comparison("a.jsonl", name), { code: "operations/not-comparable", message });
  await refused("split.jsonl", /the same split: received data \(60 samples, \w{12}\) and data \(60 samples, abc/);
  await refused("mode.jsonl", /the same mode: received direct and end_to_end/);
  await refused("fewer.jsonl", /60 samples and 59 others/);
  await change("headless.jsonl", (line, i) => (i === 0 ? undefined : line));
  for (const [name, text, message] of [
    ["empty.jsonl", "\n", /no result/],
    ["words.jsonl", "{", /line 1.*not JSON/],
    ["strange.jsonl", '{"protocol":"p"}', /line 1.*mode/],
    ["headless.jsonl", undefined, /line 1.*no result stands before it/],
  ] as const) {
    if (text !== undefined) await writeFile(join(folder, name), text);
    await assert.rejects(comparison("a.jsonl", name), { code: "operations/bad-result-line", message });
  }
  await assert.rejects(comparison("a.jsonl", "none.jsonl"), { code: "operations/missing-file" });
});
