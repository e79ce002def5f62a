// Expected values by hand, and those of the fixtures of the protocols, whose references stand beside them.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { runOperation } from "../operation.ts";
import { evaluate } from "./evaluate.ts";
import type { Evaluation } from "./evaluation.ts";
import { fakeContext } from "./fake-context.test.support.ts";

const fixtures = fileURLToPath(new URL("../../../evaluation/fixtures/", import.meta.url));
const at = (name: string) => join(fixtures, name);

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-predictions-"));
});
after(() => rm(folder, { recursive: true }));

async function evaluated(input: Record<string, unknown>): Promise<Evaluation> {
  const { parts, ...context } = fakeContext();
  for await (const result of runOperation(evaluate, input, {
    ...context,
    parts: { ...parts, commit: async () => null },
  })) {
    return evaluate.output.parse(result);
  }
  throw new Error("no result");
}

const expected = async (name: string) => JSON.parse(await readFile(at(`${name}/expected.json`), "utf8"));
const close = ({ metrics }: Evaluation, name: string, value: number, tolerance = 1e-12) =>
  assert.ok(Math.abs(metrics[name]!.value! - value) < tolerance, `${name}: ${metrics[name]!.value}, ${value}`);

test("one file for each class: %s in their name; their hash is that of their checksums", async () => {
  const { map_area, missed } = await expected("voc");
  const subject = at("voc/results/comp4_det_val_%s.txt");
  const result = await evaluated({ subject, protocol: "voc", data: at("voc") });
  close(result, "map_area", map_area);
  assert.deepEqual([result.missed, result.mode, result.split.name], [missed, "end_to_end", "2008_val"]);
  const classes = "aeroplane bicycle bird boat bottle bus car cat chair cow diningtable dog horse motorbike person";
  const lines = await Promise.all(
    `${classes} pottedplant sheep sofa train tvmonitor`.split(" ").map(async (name) => {
      const file = `comp4_det_val_${name}.txt`;
      const bytes = await readFile(at(`voc/results/${file}`));
      return `${createHash("sha256").update(bytes).digest("hex")}  ${file}\n`;
    }),
  );
  const sha256 = createHash("sha256").update(lines.join("")).digest("hex");
  assert.deepEqual(result.model, { name: "comp4_det_val_%s.txt", sha256 });
});

test("results of COCO as JSON; results of JD, one file a picture; a table for either", async () => {
  const coco = await evaluated({ subject: at("coco/results.json"), protocol: "coco", data: at("coco") });
  const twelve = await expected("coco");
  for (const name of Object.keys(twelve)) close(coco, name, twelve[name]);
  const table = await evaluated({ subject: at("coco/finds.csv"), protocol: "coco", data: at("coco") });
  close(table, "box_ap", twelve.box_ap);
  assert.match(table.metrics.mask_ap!.reason!, /without masks/);
  const jd = await evaluated({ subject: at("jd106/results/%s.txt"), protocol: "jd106", data: at("jd106") });
  close(jd, "nme", (await expected("jd106")).nme);
  assert.deepEqual([jd.missed, jd.mode], [1, "direct"]);
});

test("a format that the protocol does not take, one file of many, and a missing file are named", async () => {
  const refused = (input: Record<string, unknown>, code: string, message: RegExp) =>
    assert.rejects(evaluated(input), { code: `operations/${code}`, message });
  const voc = { protocol: "voc", data: at("voc") };
  await refused({ ...voc, subject: "p.json" }, "cannot-answer", /predictions in .csv or .txt, received a .json file/);
  await refused(
    { subject: "p.txt", protocol: "coco", data: at("coco") },
    "cannot-answer",
    /predictions in .csv or .json, received a .txt file/,
  );
  await refused(
    { ...voc, subject: at("voc/results/comp4_det_val_car.txt") },
    "cannot-answer",
    /"%s" in the file's name/,
  );
  await writeFile(join(folder, "det_aeroplane.txt"), "");
  await refused({ ...voc, subject: join(folder, "det_%s.txt") }, "missing-file", /det_bicycle.txt/);
  await writeFile(join(folder, "labels.csv"), "file,kind\na.png,x\nb.png,y\n");
  await refused(
    { subject: "p.json", protocol: "folder", data: folder },
    "cannot-answer",
    /predictions in .csv, received a .json file/,
  );
});
