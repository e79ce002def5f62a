import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Image } from "../image/image.ts";
import { falseAmong, mineFalseFinds, readFalseFinds } from "./false-finds.ts";
import type { Dataset, Label, Sample } from "./types.ts";

const at = (x: number, y: number, side: number, score = 0.5) => ({ box: { x, y, width: side, height: side }, score });

// By hand: of the second find 2 of 20 columns lie on the box, a tenth; of the third 3.
test("a find on a labelled box of any size is no false one", () => {
  const [apart, touching, reaching, inside, around] = [
    at(0, 0, 20),
    at(32, 50, 20),
    at(33, 50, 20),
    at(60, 60, 5),
    at(40, 40, 60),
  ];
  const kept = falseAmong(
    [apart, touching, reaching, inside, around],
    [{ box: { x: 50, y: 50, width: 30, height: 30 } }],
  );
  assert.deepEqual(kept, [apart, touching]);
});

const face: Label = { kind: "boxes", boxes: [{ box: { x: 50, y: 50, width: 30, height: 30 }, kind: "ignore" }] };
const sampleOf = (id: string, split: Sample["split"], faces?: Label): Sample => ({
  id,
  image: { file: id },
  labels: faces ? { faces } : {},
  group: id,
  split,
});
const dataset: Dataset = {
  name: "made",
  samples: [
    sampleOf("a", "train", face),
    sampleOf("b", "train"),
    sampleOf("c", "valid", face),
    sampleOf("d", "train", { kind: "boxes", boxes: [] }),
  ],
  classes: {},
  terms: { licence: "made here", publishable: true, commercial: true, source: "" },
  load: async ({ id }): Promise<Image> => ({
    width: id.charCodeAt(0),
    height: 1,
    order: "gray",
    data: new Uint8Array(97),
  }),
};
/** Finds one on the face and, in all pictures but "d", one apart. */
const detect = async ({ width }: Image) => [at(52, 52, 20), ...(width === 100 ? [] : [at(1.26, 2, 10, 0.12345)])];

test("false finds are told of labelled training pictures; of unlabelled ones where the caller says that they are empty", async () => {
  const apart = [1.3, 2, 10, 10, 0.123];
  const onFace = [52, 52, 20, 20, 0.5];
  assert.deepEqual(await mineFalseFinds(dataset, { detect }), { a: [apart], d: [onFace] });
  assert.deepEqual(await mineFalseFinds(dataset, { detect, unlabelledAreEmpty: true }), {
    a: [apart],
    b: [onFace, apart],
    d: [onFace],
  });
});

test("a list is read and checked, by its hash too", async () => {
  const folder = await mkdtemp(join(tmpdir(), "finds-"));
  try {
    const file = join(folder, "list.json");
    const list = { detector: "ab", least_score: 0.2, finds: { made: { a: [[1, 2, 3, 4, 0.5]] } } };
    await writeFile(file, JSON.stringify(list));
    const sha256 = createHash("sha256").update(JSON.stringify(list)).digest("hex");
    assert.deepEqual(await readFalseFinds({ file, sha256 }), list);
    await assert.rejects(readFalseFinds({ file, sha256: "00" }), { code: "vision/data-table", message: /SHA-256 00/ });
    await assert.rejects(readFalseFinds({ file: join(folder, "none.json") }), { code: "vision/data-missing" });
    await writeFile(file, JSON.stringify({ ...list, finds: { made: { a: [[1, 2, 0, 4, 0.5]] } } }));
    await assert.rejects(readFalseFinds({ file }), { code: "vision/data-table", message: /finds/ });
    await writeFile(file, "{");
    await assert.rejects(readFalseFinds({ file }), { code: "vision/data-table" });
  } finally {
    await rm(folder, { recursive: true });
  }
});
