// Expected values by hand.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { runOperation } from "../operation.ts";
import { evaluate } from "./evaluate.ts";
import type { Evaluation } from "./evaluation.ts";
import { fakeContext } from "./fake-context.test.support.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-evaluate-report-"));
});
after(() => rm(folder, { recursive: true }));

const columns68 = Array.from({ length: 68 }, (_, i) => `x${i},y${i}`).join();
const face68 = (shift: number) => Array.from({ length: 68 }, (_, i) => `${10 + i + shift},${10 + (i % 7)}`).join();
const columns5 = ["left_eye", "right_eye", "nose", "mouth_left", "mouth_right"]
  .map((name) => `${name}_x,${name}_y`)
  .join();

/** Label files and predictions of a protocol, and what its report must show. */
const cases: readonly {
  readonly protocol: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly predictions: string;
  readonly shows: readonly RegExp[];
  /** Of b.png, which is not there. */
  readonly missing: number;
}[] = [
  {
    protocol: "ckplus",
    labels: {
      "labels.csv":
        "file,emotion,subject,sequence,frame_from_peak\na.png,happy,S1,S1_1,0\nb.png,anger,S2,S2_1,0\nc.png,happy,S3,S3_1,0\n",
    },
    predictions: "id,label\na.png,happy\nb.png,happy\nc.png,\n",
    shows: [/Confusion matrix/, /true anger, answer happy: 1 of 1/, /true happy, answer missed: 1 of 2/],
    missing: 2, // in its cell and among the mistakes
  },
  {
    protocol: "folder",
    labels: { "labels.csv": "file,kind\na.png,x\nb.png,y\nc.png,y\n" },
    predictions: "file,x,y\na.png,0.9,0.1\nb.png,0.8,0.2\nc.png,0.3,0.7\n",
    shows: [/Calibration/, /Choose a threshold/, /x 80.0 %<\/strong><span>true: y 20.0 %/],
    missing: 2,
  },
  {
    protocol: "mtfl",
    labels: {
      "labels.csv": `file,source,original_file,head_pose,${columns5}\n${["a", "b", "c"]
        .map((name) => `${name}.png,aflw,aflw/${name}.jpg,3,10,10,20,10,15,15,10,20,20,20\n`)
        .join("")}`,
    },
    predictions: `file,${columns5}\na.png,10,10,20,10,15,15,10,20,20,22\nb.png,${",".repeat(9)}\nc.png,10,10,20,10,15,15,10,20,20,20\n`,
    shows: [/Cumulative errors/, /By head pose/, /error 4.0 %/, /Missed faces/],
    missing: 1,
  },
  {
    protocol: "landmarks68",
    labels: {
      "labels.csv": `file,set,original_file,${columns68}\na.png,helen_test,1_1.jpg,${face68(0)}\nb.png,helen_test,2_1.jpg,${face68(0)}\n`,
    },
    // the outer corners of the eyes are 9 pixels apart in x and 2 in y
    predictions: `file,${columns68}\na.png,${face68(0)}\nb.png,${face68(1)}\n`,
    shows: [/Cumulative errors/, /By size of the face/, /error 10.8 %/],
    missing: 1,
  },
  {
    protocol: "faces",
    labels: { "faces.csv": "file,box_x,box_y,box_w,box_h\na.png,0,0,30,30\nb.png,10,10,20,20\n" },
    predictions: "file,x,y,width,height,score\na.png,0,0,30,30,0.9\na.png,40,40,10,10,0.8\n",
    shows: [/Precision and recall/, /By height of the face/, /20 px tall/, /score 0.800/],
    missing: 1,
  },
];

async function collect(input: Record<string, unknown>, loaded: string[] = []): Promise<Evaluation[]> {
  const context = fakeContext({
    parts: {
      commit: async () => null,
      createPictureLoader: () => async (picture) => {
        const file = "file" in picture ? picture.file : "pixels";
        loaded.push(file);
        if (file === "b.png") throw new Error("not there");
        return { width: 64, height: 64, order: "gray", data: new Uint8Array(64 * 64).fill(128) };
      },
    },
  });
  const results: Evaluation[] = [];
  for await (const result of runOperation(evaluate, input, context)) results.push(evaluate.output.parse(result));
  return results;
}

for (const { protocol, labels, predictions, shows, missing } of cases) {
  test(`${protocol}: a report of predictions, with pictures and a word for one that cannot be read`, async () => {
    const data = join(folder, protocol);
    await mkdir(data);
    for (const [name, text] of Object.entries(labels)) await writeFile(join(data, name), text);
    const subject = join(data, "predictions.csv");
    await writeFile(subject, predictions);
    const report = join(folder, "new", protocol, "report.html");
    const loaded: string[] = [];
    const [result] = await collect({ subject, protocol, data, report }, loaded);
    assert.equal(result?.report, report);
    const page = (await readFile(report, "utf8")).replaceAll("\u00a0", " ");
    for (const pattern of [/Evaluation of predictions.csv/, ...shows]) assert.match(page, pattern);
    assert.match(page, /"data:image\/jpeg;base64,\/9j\//);
    assert.equal(page.match(/picture not at hand/g)?.length, missing);
    // the part that is shown lies inside the picture
    for (const [, box] of page.matchAll(/<svg class="picture" viewBox="([^"]+)"/g)) {
      const [x, y, width, height] = box!.split(" ").map(Number) as [number, number, number, number];
      assert.ok(x >= 0 && y >= 0 && width >= 1 && height >= 1 && x + width <= 64 && y + height <= 64, box);
    }
    assert.deepEqual(await readdir(join(folder, "new", protocol)), ["report.html"]);
    await collect({ subject, protocol, data, report });
    assert.equal((await readFile(report, "utf8")).replaceAll("\u00a0", " "), page);
  });
}

test("a report that cannot be written is refused before a picture is read", async () => {
  const data = join(folder, "refused");
  await mkdir(data);
  await writeFile(join(data, "labels.csv"), "file,kind\na.png,x\nb.png,y\n");
  const subject = join(data, "predictions.csv");
  await writeFile(subject, "file,x,y\na.png,0.9,0.1\nb.png,0.8,0.2\n");
  const input = { subject, protocol: "folder", data };
  const loaded: string[] = [];
  const report = join(subject, "report.html");
  await assert.rejects(collect({ ...input, report }, loaded), { code: "operations/report-failed" });
  assert.deepEqual(loaded, []);
  await assert.rejects(collect({ ...input, report: join(data, "report.pdf") }), { code: "operations/bad-input" });
  assert.ok(!existsSync(join(data, "report.pdf")));
});
