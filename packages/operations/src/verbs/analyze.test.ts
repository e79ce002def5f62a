import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { FaceOptions, Image, Told } from "@foveajs/vision";
import { outcomeOf, runOperation } from "../operation.ts";
import { renderOverlay } from "../overlay/render.ts";
import { overlaySvg } from "../overlay/svg.ts";
import { analyze } from "./analyze.ts";
import { fakeContext } from "./fake-context.test.support.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-analyze-"));
  for (const name of ["a.jpg", "b.png", "bad.jpg"]) await writeFile(join(folder, name), name);
});
after(() => rm(folder, { recursive: true }));

const image: Image = { width: 500, height: 400, order: "gray", data: new Uint8Array(200_000) };
const face = {
  box: { x: 100.004, y: 50, width: 80, height: 100 },
  score: 0.5,
  points: { left_eye: [1, 2], right_eye: [3, 4], nose: [5, 6], left_mouth: [7, 8], right_mouth: [9, 10.006] },
  landmarks: [[1.001, 2]],
  readings: { smile: { label: "yes", scores: { no: 0.12344, yes: 0.87656 } } },
  values: { valence: 0.33333 },
  derived: { valence: "the votes" },
  eyes: {
    eye: {
      left: { label: "open", scores: { open: 1, closed: 0 } },
      right: { label: "open", scores: { open: 1, closed: 0 } },
    },
  },
} as const;

const told: readonly Told[] = [
  { kind: "class", name: "smile", labels: ["no", "yes"], of: "face" },
  { kind: "value", name: "valence", derivedFrom: "the votes" },
  { kind: "landmarks", name: "landmarks", count: 1 },
  { kind: "class", name: "eye", labels: ["open", "closed"], of: "eyes" },
];

function setUp(signal?: AbortSignal) {
  const seen = { created: 0, disposed: 0, options: [] as (FaceOptions | undefined)[] };
  const context = fakeContext({
    ...(signal ? { signal } : {}),
    parts: {
      decodeImage: async (bytes) => {
        if (new TextDecoder().decode(bytes) === "bad.jpg") throw new Error("no image");
        return image;
      },
      encodeImage: async ({ width, height }, { format }) => new TextEncoder().encode(`${format} ${width} ${height}`),
      createFacePipeline: async () => {
        seen.created++;
        return {
          device: "fake",
          told,
          analyze: async (_, options) => {
            seen.options.push(options);
            return [face];
          },
          dispose: async () => void seen.disposed++,
        };
      },
    },
  });
  return { seen, context };
}

async function collect(input: Record<string, unknown>, context = setUp().context) {
  const results: Record<string, unknown>[] = [];
  for await (const result of runOperation(analyze, input, context)) {
    analyze.output.parse(result);
    results.push(result as Record<string, unknown>);
  }
  return results;
}

test("every image gives its result or its error, in order, by one pipeline that is disposed", async () => {
  const { seen, context } = setUp();
  const results = await collect({ files: [folder, join(folder, "none.jpg")], threshold: 0.4, maxSide: 640 }, context);
  assert.deepEqual(
    results.map((result) => ("error" in result ? (result.error as { code: string }).code : "done")),
    ["done", "done", "fovea/unexpected", "operations/missing-file"],
  );
  assert.deepEqual(
    results.map((result) => outcomeOf(analyze, result)),
    ["done", "done", "failed", "failed"],
  );
  assert.deepEqual([seen.created, seen.disposed], [1, 1]);
  assert.equal(seen.options[0]?.threshold, 0.4);
  assert.equal(seen.options[0]?.maxSide, 640);
  assert.deepEqual(results[0]?.faces, [
    {
      box: { x: 100, y: 50, width: 80, height: 100 },
      score: 0.5,
      points: { left_eye: [1, 2], right_eye: [3, 4], nose: [5, 6], left_mouth: [7, 8], right_mouth: [9, 10.01] },
      landmarks: [[1, 2]],
      smile: { label: "yes", scores: { no: 0.1234, yes: 0.8766 } },
      valence: 0.3333,
      eye: face.eyes.eye,
      derived: { valence: "the votes" },
    },
  ]);
  assert.equal(results[0]?.milliseconds, 5);
  assert.deepEqual(context.reported.at(-1), { done: 4, total: 4, unit: "images", device: "fake" });
});

test("no model is loaded where no image can be read", async () => {
  const { seen, context } = setUp();
  await collect({ files: [join(folder, "none.jpg")] }, context);
  assert.equal(seen.created, 0);
});

test("overlays are written whole, in the picture's format, and told", async () => {
  const out = join(folder, "out");
  const results = await collect({ files: [join(folder, "a.jpg"), join(folder, "b.png")], overlay: out });
  assert.deepEqual((await readdir(out)).sort(), ["a.overlay.jpg", "b.overlay.png"]);
  assert.equal(results[0]?.overlay, join(out, "a.overlay.jpg"));
  assert.equal(await readFile(join(out, "a.overlay.jpg"), "utf8"), "jpeg 500 400");
  assert.equal(await readFile(join(out, "b.overlay.png"), "utf8"), "png 500 400");
  await assert.rejects(collect({ files: [join(folder, "a.jpg")], overlay: join(folder, "a.jpg", "out") }), {
    code: "operations/bad-overlay-folder",
  });
});

test("a drawn picture shows only what is asked for", async () => {
  const draw = async (more: object) => {
    const { context } = setUp();
    let drawn: Uint8Array | undefined;
    const encodeImage = async ({ data }: Image) => {
      drawn = data;
      return new Uint8Array(1);
    };
    await collect(
      { files: [join(folder, "a.jpg")], overlay: join(folder, "drawn"), ...more },
      {
        ...context,
        parts: { ...context.parts, encodeImage },
      },
    );
    return drawn!;
  };
  const drawing = async (shown: object) => {
    const svg = overlaySvg({ ...image, faces: [{ ...face, readings: {}, values: {}, eyes: {}, ...shown }] });
    return (await renderOverlay(image, svg)).data;
  };
  assert.deepEqual(await draw({}), await drawing(face));
  assert.deepEqual(await draw({ only: "landmarks,smile" }), await drawing({ readings: face.readings }));
  assert.notDeepEqual(await draw({ only: "landmarks,smile" }), await draw({ only: "landmarks" }));
});

test("of the readings only those that are asked for; eyes that nobody asks for are not looked at", async () => {
  const { seen, context } = setUp();
  const [result] = await collect({ files: [join(folder, "a.jpg")], only: "smile, valence" }, context);
  const [told] = result!.faces as Record<string, unknown>[];
  assert.deepEqual(Object.keys(told!), ["box", "score", "points", "smile", "valence", "derived"]);
  const [other] = await collect({ files: [join(folder, "a.jpg")], only: "smile" });
  assert.deepEqual(Object.keys((other!.faces as object[])[0]!), ["box", "score", "points", "smile"]);
  assert.deepEqual([seen.options[0]?.eyes, seen.created], [false, 1]);
  await assert.rejects(collect({ files: [join(folder, "a.jpg")], only: "smiles" }), {
    code: "operations/unknown-reading",
    message: /smile, valence, landmarks, eye.*received "smiles"/,
  });
});

test("a table grows with the pictures; one that cannot be written ends the whole", async () => {
  const path = join(folder, "faces.csv");
  await collect({ files: [join(folder, "a.jpg"), join(folder, "bad.jpg"), join(folder, "b.png")], csv: path });
  const [head, ...rows] = (await readFile(path, "utf8")).trimEnd().split("\n");
  assert.match(
    head!,
    /^file,face_id,confidence,success,box_x,.*smile,smile_no,smile_yes,valence_derived,eye_left,.*x_0,y_0$/,
  );
  assert.equal(rows.length, 2);
  await collect({ files: [join(folder, "bad.jpg")], csv: path, only: "smile,landmarks" });
  assert.match(await readFile(path, "utf8"), /^file,.*,right_mouth_y,smile,smile_no,smile_yes,x_0,y_0\n$/);
  await assert.rejects(collect({ files: [join(folder, "a.jpg")], csv: join(folder, "none", "x.csv") }), {
    code: "operations/table-failed",
  });
});

test("models that do not load end the whole with their own error", async () => {
  const context = fakeContext({
    parts: {
      decodeImage: async () => image,
      createFacePipeline: async () => {
        throw new Error("cut short");
      },
    },
  });
  await assert.rejects(collect({ files: [join(folder, "a.jpg")] }, context), /cut short/);
});

test("a stop ends between images, and says how far it came", async () => {
  const stop = new AbortController();
  const { seen, context } = setUp(stop.signal);
  const results = runOperation(analyze, { files: [folder] }, context)[Symbol.asyncIterator]();
  await results.next();
  stop.abort();
  await assert.rejects(results.next(), { code: "operations/cancelled", kind: "cancelled", message: /1 of 3 images/ });
  assert.equal(seen.disposed, 1);
});

test("wrong input is named", async () => {
  await assert.rejects(collect({ files: [] }), { code: "operations/bad-input", message: /files/ });
  await assert.rejects(collect({ files: ["a"], threshold: 2 }), { code: "operations/bad-input", message: /threshold/ });
});
