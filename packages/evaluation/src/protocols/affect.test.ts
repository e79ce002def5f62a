// Expected scores from fixtures/affect.py (numpy); the others by hand.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readClassPredictions } from "./class-predictions.ts";
import { readMultitaskPredictions } from "./multitask-predictions.ts";
import type { Scores, Test } from "./protocol.ts";
import { filesInMemory } from "./release-files.ts";
import { protocolOf } from "./table.ts";

type Texts = Readonly<Record<string, string>>;

interface Reference {
  readonly official: Texts;
  readonly labels: Texts;
  readonly predictions: string;
  readonly count: number;
  readonly missed: number;
  /** Null where undefined. */
  readonly metrics: Readonly<Record<string, number | null>>;
}

type AffectId = "affectnet-va" | "rafdb" | "emotionet-2020" | "abaw4-lsd" | "disfa" | "bp4d" | "ckplus-au";

interface References extends Readonly<Record<AffectId, Reference>> {
  readonly affectnet: Reference & { readonly seven: Pick<Reference, "count" | "metrics"> };
  readonly "abaw4-mtl": Reference & {
    readonly submission: { readonly text: string; readonly expression_f1: number; readonly mean_f1: number };
  };
}

const references = JSON.parse(
  readFileSync(new URL("../../fixtures/affect.json", import.meta.url), "utf8"),
) as References;

const read = (id: string, texts: Texts, part?: string) =>
  protocolOf(id).read(filesInMemory(texts), part === undefined ? {} : { part });

const options = { seed: 1, resamples: 100, threshold: 0.5 };

function score(from: Test, predictions: string, changed: Partial<typeof options> = {}): Scores {
  const all = { ...options, ...changed };
  if (from.kind === "classification") return from.score(readClassPredictions(predictions, from, "p.csv"), all);
  assert.ok(from.kind === "multitask");
  return from.score(readMultitaskPredictions(predictions, from, "p.csv"), all);
}

const isUndefined = (value: number | null) => value === null;

function assertScores(scores: Scores, metrics: Reference["metrics"]): void {
  assert.deepEqual(Object.keys(scores.metrics).sort(), Object.keys(metrics).sort());
  for (const [name, expected] of Object.entries(metrics)) {
    const { value, interval, reason } = scores.metrics[name]!;
    if (isUndefined(expected)) {
      assert.deepEqual([value, typeof reason], [Number.NaN, "string"], name);
      continue;
    }
    assert.ok(Math.abs(value - expected!) < 1e-9, `${name}: expected ${expected}, received ${value}`);
    // an interval of percentiles holds the value of all but the strangest samples; ECE is biased upwards in resamples
    if (name !== "ece") assert.ok(interval[0] <= value && value <= interval[1], `${name}: ${value} in ${interval}`);
    assert.equal(reason, undefined);
  }
}

/** Rows of a text in another order, its header in place. */
const reversed = (text: string): string => {
  const [header = "", ...rows] = text.trim().split("\n");
  return `${[header, ...rows.reverse()].join("\n")}\n`;
};

const mapped = (texts: Texts, change: (text: string) => string): Texts =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, change(text)]));

for (const [id, { official, labels, predictions, count, missed, metrics }] of Object.entries<Reference>({
  ...references,
})) {
  test(`${id}: the reference's score, within 1e-9, under the keys that it declares`, async () => {
    const from = await read(id, labels);
    assert.equal(from.split.count, count);
    const scores = score(from, predictions);
    assert.equal(scores.missed, missed);
    assertScores(scores, metrics);
    const declared = protocolOf(id).metrics.map(({ name }) => name);
    assert.deepEqual(declared.sort(), Object.keys(metrics).sort());
  });

  test(`${id}: the order of rows changes nothing, not a byte`, async () => {
    const once = await read(id, labels);
    const turned = await read(id, mapped(labels, reversed));
    assert.deepEqual(turned.split, once.split);
    assert.equal(JSON.stringify(score(turned, reversed(predictions))), JSON.stringify(score(once, predictions)));
  });

  test(`${id}: the official layout is a split of the published count or is refused`, async () => {
    const published = protocolOf(id).parts[0]!.count;
    if (published === undefined) {
      // the addresses of EmotioNet die: no count is checked
      const [once, packed] = [await read(id, official), await read(id, labels)];
      assert.deepEqual([once.split.name, once.split.count], ["optimization", packed.split.count]);
      assert.equal(once.split.sha256, packed.split.sha256);
      assertScores(score(once, predictions), metrics);
    } else {
      await assert.rejects(read(id, official), {
        code: "evaluation/split-mismatch",
        message: new RegExp(`${id}, .*expected the ${published} samples of the official release, received ${count}`),
      });
    }
  });

  test(`${id}: a sample without a row, twice a row, a strange sample or column, a word, NaN are refused`, async () => {
    const from = await read(id, labels);
    const [header = "", ...rows] = predictions.trim().split("\n");
    const names = header.split(",");
    const refused = (changed: readonly string[], code: string, message: RegExp, columns = header) =>
      assert.throws(() => score(from, [columns, ...changed].join("\n")), { code: `evaluation/${code}`, message });
    const wanted = rows.findIndex(
      (row) => !row.includes(",,") && from.samples.some((sample) => sample.id === row.split(",")[0]),
    );
    const others = rows.filter((_, i) => i !== wanted);
    const cells = rows[wanted]!.split(",");
    refused(others, "missing-rows", /1 have none, the first is/);
    refused([...rows, rows[wanted]!], "table-cell", new RegExp(`line ${rows.length + 2}, .*each sample once`));
    refused([...rows, ["nobody", ...cells.slice(1)].join(",")], "table-cell", /a sample of the split/);
    for (const wrong of ["much", "NaN", "Infinity", "1e999", "0x1", ""]) {
      const spoilt = cells.map((cell, i) => (i === 2 ? wrong : cell)).join(",");
      refused([spoilt, ...others], "table-cell", new RegExp(`p.csv, line 2, column "${names[2]}".*number`));
    }
    const renamed = names.map((name, i) => (i === 2 ? "strange" : name)).join(",");
    refused(rows, "table-format", /p.csv: expected/, renamed);
  });
}

test("intervals are over pictures, videos and subjects: with one of them nothing varies", async () => {
  const one = async (id: keyof References, labels: Texts, predictions = references[id].predictions) =>
    assert.match(Object.values(score(await read(id, labels), predictions).metrics)[0]!.reason ?? "", /one unit/, id);
  const { disfa, "ckplus-au": ckplus, "abaw4-mtl": mtl } = references;
  const part = mapped(disfa.labels, (text) =>
    text.replaceAll(/,SN0\d\d,/g, ",SN003,").replaceAll(/,SN003,\d,/g, ",SN003,1,"),
  );
  await one("disfa", part);
  await one(
    "ckplus-au",
    mapped(ckplus.labels, (text) => text.replaceAll(/,S\d\d\d,/g, ",S000,")),
  );
  // the folder of a frame is its video, whoever of two people it shows
  const video = (text: string) => text.replaceAll(/(\d)-30-1280x720(_left)?\/(\d+)\.jpg/g, "v$2/$1$3.jpg");
  await one("abaw4-mtl", mapped(mtl.labels, video), video(mtl.predictions));
});

test("affectnet: seven classes without contempt, its pictures and its column; another part's pictures are passed over", async () => {
  const { labels, predictions, seven } = references.affectnet;
  const from = await read("affectnet", labels, "valid7");
  assert.deepEqual([from.split.name, from.split.count], ["valid7", seven.count]);
  assertScores(score(from, predictions), seven.metrics);
});

test("abaw4-mtl: a class told by name or code, units decided already, and the challenge's own result file", async () => {
  const { labels, submission } = references["abaw4-mtl"];
  const from = await read("abaw4-mtl", labels);
  assert.ok(from.kind === "multitask");
  const format = from.formats?.[".txt"];
  const file = (text: string) => format!.read([{ name: "result.txt", text }]);
  const scores = from.score(file(submission.text), options);
  assert.ok(Math.abs(scores.metrics.mean_f1!.value - submission.mean_f1) < 1e-9);
  assert.ok(Math.abs(scores.metrics.expression_f1!.value - submission.expression_f1) < 1e-9);
  const header = `file,valence,arousal,expression,${from.labels.join(",")}`;
  const rows = submission.text.trim().split("\n").slice(1);
  const named = rows.map((row) =>
    row
      .split(",")
      .map((cell, i) => (i === 3 ? from.classes[Number(cell)]! : cell))
      .join(","),
  );
  for (const told of [rows, named]) {
    assert.equal(JSON.stringify(score(from, [header, ...told].join("\n"))), JSON.stringify(scores));
  }
  const spoilt = (column: number, value: string) =>
    submission.text
      .split("\n")
      .map((row, i) =>
        i === 3
          ? row
              .split(",")
              .map((cell, c) => (c === column ? value : cell))
              .join(",")
          : row,
      )
      .join("\n");
  for (const [column, value] of [
    [1, "NaN"],
    [3, "-1"],
    [3, "8"],
    [4, "0.5"],
    [0, "nobody.jpg"],
  ] as const) {
    assert.throws(() => file(spoilt(column, value)), { code: "evaluation/text-format", message: /result.txt, line 4/ });
  }
  assert.throws(() => file(rows.slice(9).join("\n")), { code: "evaluation/text-format", message: /the header/ });
  assert.throws(() => file(submission.text.split("\n").slice(0, 9).join("\n")), { code: "evaluation/missing-rows" });
});

test("a threshold of its own for each unit, and for all", async () => {
  const labels = { "labels.csv": "file,AU1,AU2\na.jpg,1,1\nb.jpg,0,1\n" };
  const from = await read("emotionet-2020", labels);
  assert.ok(from.kind === "multitask");
  const row = (...scores: readonly number[]) => ({
    quantities: [],
    logits: [],
    scores: from.labels.map((_, i) => scores[i] ?? 0),
  });
  const answers = new Map([
    ["a.jpg", row(0.7, 0.3)],
    ["b.jpg", row(0.6, 0.3)],
  ]);
  const f1 = (threshold: number | readonly number[]) => {
    const { metrics } = from.score(answers, { ...options, threshold });
    return [metrics.f1_au1!.value, metrics.f1_au2!.value];
  };
  assert.deepEqual(f1(0.5), [2 / 3, 0]);
  assert.deepEqual(f1(from.labels.map((_, i) => (i === 0 ? 0.65 : 0.3))), [1, 1]);
  assert.throws(() => from.score(new Map([...answers, ["b.jpg", row(Number.NaN)]]), options), {
    code: "evaluation/bad-value",
    message: /scores of b.jpg/,
  });
  assert.throws(() => from.score(new Map([["a.jpg", row(1)]]), options), { code: "evaluation/missing-rows" });
});

test("ckplus-au: units with fewer than 15 positives need no column; with none frequent, all is undefined", async () => {
  const { labels } = references["ckplus-au"];
  const from = await read("ckplus-au", labels);
  assert.ok(from.kind === "multitask");
  assert.deepEqual(from.labels, ["AU1", "AU2", "AU4", "AU12", "AU17", "AU25"]);
  const few = { "action_units.csv": "file,subject,action_units\na.png,S1,4:0\nb.png,S2,\n" };
  const rare = score(await read("ckplus-au", few), "file,AU4\na.png,1\nb.png,0\n");
  assert.deepEqual([rare.missed, rare.metrics.mean_f1!.value], [0, Number.NaN]);
  assert.match(rare.metrics.f1_au4!.reason!, /fewer than 15/);
});
