import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../augment/random.ts";
import type { Image, Point } from "../image/image.ts";
import { contactSheet, drawScene } from "./contact-sheet.ts";
import { boxOfFivePoints } from "./five-points.ts";
import { paste, randomEdge } from "./paste.ts";
import { openDataset } from "./readers/table.ts";
import type { Scene } from "./scene-types.ts";
import { createScenes } from "./scenes.ts";
import { needs, sharedData } from "./shared.test.support.ts";
import type { Dataset, Label, Sample } from "./types.ts";

const terms = { licence: "made here", publishable: true, commercial: true, source: "" };
const plain = (width: number, height: number, tone: number): Image => ({
  width,
  height,
  order: "rgb",
  data: new Uint8Array(width * height * 3).fill(tone),
});

function datasetOf(name: string, count: number, labelsOf: (i: number) => Record<string, Label>, tone: number): Dataset {
  const samples = Array.from(
    { length: count },
    (_, i): Sample => ({
      id: `${name}${i}`,
      image: { file: name },
      labels: labelsOf(i),
      group: `${name}${i}`,
      split: i % 4 === 3 ? "valid" : "train",
    }),
  );
  return { name, samples, classes: {}, terms, load: async ({ id }) => plain(200 + 7 * id.length, 150, tone) };
}

const points: Point[] = [
  [35, 40],
  [65, 40],
  [50, 62],
  [38, 80],
  [62, 80],
];
const box = boxOfFivePoints(points);
const sources = {
  photographs: datasetOf("photo", 8, () => ({ faces: { kind: "boxes", boxes: [{ box, points, kind: "face" }] } }), 90),
  backgrounds: [{ dataset: datasetOf("back", 8, () => ({}), 120), share: 1 }],
  cutouts: [datasetOf("cut", 8, () => ({ landmarks5: { kind: "points", points } }), 200)],
};

function check({ image, faces, ignore }: Scene, size: number): void {
  assert.deepEqual([image.width, image.height, image.order, image.data.length], [size, size, "rgb", size * size * 3]);
  for (const { x, y, width, height } of [...faces.map((face) => face.box), ...ignore]) {
    assert.ok(x >= -1e-6 && y >= -1e-6 && width > 0 && height > 0);
    assert.ok(x + width <= size + 1e-6 && y + height <= size + 1e-6);
  }
  for (const { points: five } of faces) assert.ok(five === undefined || five.length === 5);
}

test("the same numbers give the same scene, whatever was drawn before", async () => {
  const [first, second] = [createScenes(sources, { size: 96 }), createScenes(sources, { size: 96 })];
  const order = [3, 1, 4, 1, 5, 9, 2, 6];
  const scenes = new Map<number, Scene>();
  for (const key of order) scenes.set(key, await first.draw(createRandom("scene", key)));
  for (const key of [...order].reverse()) {
    assert.deepEqual(await second.draw(createRandom("scene", key)), scenes.get(key));
  }
});

test("kinds of scenes come in their shares, faces lie inside, a held-back sample is never loaded", async () => {
  const loaded = new Set<string>();
  const watched = (dataset: Dataset): Dataset => ({
    ...dataset,
    load: (sample) => {
      loaded.add(sample.split);
      return dataset.load(sample);
    },
  });
  const scenes = createScenes(
    {
      photographs: watched(sources.photographs),
      backgrounds: [{ dataset: watched(sources.backgrounds[0]!.dataset), share: 1 }],
      cutouts: sources.cutouts.map(watched),
    },
    { size: 96, shares: { faceless: 0.3, pasted: 0.3 }, faceSizes: [12, 80] },
  );
  const counts = { empty: 0, pasted: 0, photograph: 0 };
  for (let i = 0; i < 400; i++) {
    const scene = await scenes.draw(createRandom(i));
    check(scene, 96);
    counts[scene.faces[0]?.origin ?? "empty"]++;
  }
  // A fifth of the scenes with pasted faces has none: 0.3 + 0.06 are empty, 0.24 pasted; a paste may find no room.
  assert.ok(Math.abs(counts.empty / 400 - 0.36) < 0.1, JSON.stringify(counts));
  assert.ok(Math.abs(counts.photograph / 400 - 0.4) < 0.1, JSON.stringify(counts));
  assert.deepEqual([...loaded], ["train"]);
});

/** Photographs of which the first is bright, and a find of 40 pixels in it beside its face. */
const photographs: Dataset = {
  ...sources.photographs,
  load: async (sample) => (sample.id === "photo0" ? plain(200, 150, 240) : sources.photographs.load(sample)),
};
const mined = (name: string) => ({
  dataset: photographs,
  finds: { [name]: [[130, 90, 40, 40, 0.4] as [number, number, number, number, number]] },
});

test("scenes around false finds come in their share, with the faces of their pictures; at share 0 nothing changes", async () => {
  const dark = { shares: { faceless: 0, pasted: 0 }, size: 96, faceSizes: [12, 80] as const };
  const withFinds = { ...sources, photographs, falseFinds: [mined("photo0")] };
  const scenes = createScenes(withFinds, { ...dark, shares: { ...dark.shares, falseFinds: 0.5 } });
  let bright = 0;
  for (let i = 0; i < 200; i++) {
    const scene = await scenes.draw(createRandom("mined", i));
    check(scene, 96);
    if (scene.image.data.reduce((sum, byte) => sum + byte, 0) / scene.image.data.length > 150) bright++;
  }
  // and one in six of the other scenes, which are around faces of six photographs
  assert.ok(Math.abs(bright / 200 - 0.58) < 0.12, `${bright} of 200`);
  const [plainly, unused] = [createScenes({ ...sources, photographs }, dark), createScenes(withFinds, dark)];
  for (let i = 0; i < 10; i++)
    assert.deepEqual(await unused.draw(createRandom(i)), await plainly.draw(createRandom(i)));
});

test("false finds of held-back pictures are left out, those of unknown ones refused", () => {
  const share = { size: 96, shares: { faceless: 0, pasted: 0, falseFinds: 0.5 } };
  const code = (name: string) => () => createScenes({ ...sources, falseFinds: [mined(name)] }, share);
  assert.throws(code("photo3"), { code: "vision/data-empty", message: /false finds/ });
  assert.throws(code("other"), { code: "vision/data-count", message: /other/ });
});

test("nothing to draw from is said", () => {
  assert.throws(() => createScenes({ ...sources, cutouts: [] }), {
    code: "vision/data-empty",
    message: /cut-out faces/,
  });
  assert.throws(() => createScenes({ ...sources, backgrounds: [] }), { code: "vision/data-empty" });
});

test("a patch lands where its matrix says, and its mark with it", () => {
  for (let seed = 0; seed < 30; seed++) {
    const random = createRandom("paste", seed);
    const scene = plain(80, 80, 60);
    const patch = plain(30, 20, 140);
    for (let y = 8; y < 12; y++)
      for (let x = 18; x < 22; x++) patch.data.fill(255, (y * 30 + x) * 3, (y * 30 + x) * 3 + 3);
    const angle = random.uniform(-1, 1);
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    const matrix = [cosine, -sine, 30, sine, cosine, 35] as const;
    paste(scene, patch, { matrix, edge: randomEdge(random), blend: 0 });
    const [x, y] = [cosine * 20 - sine * 10 + 30, sine * 20 + cosine * 10 + 35]; // the middle of the mark
    assert.ok(scene.data[(Math.floor(y) * 80 + Math.floor(x)) * 3]! > 200, `seed ${seed}`);
    assert.equal(scene.data[0], 60);
  }
});

test("a blended patch takes the tone of its surroundings, by 60 at most", () => {
  const tone = (blend: number) => {
    const scene = plain(60, 60, 20);
    paste(scene, plain(30, 30, 100), {
      matrix: [1, 0, 15, 0, 1, 15],
      edge: (u, v) => Math.max(0, 1 - Math.hypot(u, v)),
      blend,
    });
    return scene.data[(30 * 60 + 30) * 3]!;
  };
  assert.ok(
    tone(0) > 95 && tone(0.5) < 65 && tone(0.5) > 55 && tone(1) >= 38 && tone(1) < 46,
    `${[0, 0.5, 1].map(tone)}`,
  );
});

test("a sheet shows pictures in rows, and boxes are drawn in", () => {
  const scene = {
    image: plain(20, 20, 0),
    faces: [{ box: { x: 2, y: 3, width: 10, height: 10 }, origin: "photograph" as const }],
    ignore: [],
  };
  const sheet = contactSheet([drawScene(scene), plain(10, 10, 7), plain(20, 20, 9)], { columns: 2, gap: 1 });
  assert.deepEqual([sheet.width, sheet.height], [42, 42]);
  const at = (x: number, y: number) => [...sheet.data.slice((y * 42 + x) * 3, (y * 42 + x) * 3 + 3)];
  assert.deepEqual(
    [at(2, 3), at(12, 13), at(3, 4)],
    [
      [0, 255, 0],
      [0, 255, 0],
      [0, 0, 0],
    ],
  );
  assert.deepEqual(
    [at(21, 0), at(0, 21), at(41, 0)],
    [
      [7, 7, 7],
      [9, 9, 9],
      [255, 255, 255],
    ],
  );
  assert.equal(scene.image.data[(3 * 20 + 2) * 3], 0);
});

test(
  "real scenes: faces inside, points in their boxes, sizes spread",
  needs("face_scenes", "no_face", "mtfl"),
  async () => {
    const scenes = createScenes({
      photographs: await openDataset("face_scenes", sharedData("face_scenes")),
      backgrounds: [{ dataset: await openDataset("no_face", sharedData("no_face")), share: 0.2 }],
      cutouts: [await openDataset("mtfl", sharedData("mtfl"))],
    });
    const sizes: number[] = [];
    let [inside, all] = [0, 0];
    for (let i = 0; i < 80; i++) {
      const scene = await scenes.draw(createRandom("real", i));
      check(scene, 256);
      for (const { box: found, points: five = [] } of scene.faces) {
        sizes.push(Math.sqrt(found.width * found.height));
        for (const [x, y] of five) {
          all++;
          if (x >= found.x && y >= found.y && x <= found.x + found.width && y <= found.y + found.height) inside++;
        }
      }
    }
    assert.ok(inside / all > 0.97, `${inside} of ${all}`);
    sizes.sort((a, b) => a - b);
    const [low, high] = [sizes[Math.floor(sizes.length * 0.1)]!, sizes[Math.floor(sizes.length * 0.9)]!];
    assert.ok(low < 24 && high > 60, `${low} to ${high}`);
  },
);
