import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readOnnx } from "@foveajs/graph";
import { createRandom } from "../augment/random.ts";
import { encodePng } from "../image/encode.ts";
import type { Box, Image } from "../image/image.ts";
import { loadModel } from "../model/load.ts";
import { isTrainedOn, pictureHash, readTrainingPictures } from "../model/training-pictures.ts";
import { decodeDetections, levelsOf, overlapOf } from "../tasks/detections.ts";
import { openBoxes } from "./boxes-source.ts";
import type { TrainingEvent } from "./events.ts";
import type { DetectedSample } from "./measure.ts";
import { readRecipe } from "./recipe.ts";
import { eventsOf, makePlace, measurers, type Place, tinyRecipe } from "./tiny-run.test.support.ts";

const side = 96;
const count = 40;
let place: Place;

interface Shape {
  readonly box: Box;
  readonly kind: "disc" | "bar";
}

/** Two things a picture, one in each half: a disc or an upright bar in its box. */
function shapesOf(index: number): Shape[] {
  const random = createRandom("shapes", index);
  return [0, 1].map((half): Shape => {
    const kind = random.chance(0.5) ? "disc" : "bar";
    const height = 24 + random.integer(16);
    const width = kind === "disc" ? height : Math.round(height / 2.5);
    const box = { x: half * 48 + random.integer(48 - width), y: random.integer(side - height), width, height };
    return { box, kind };
  });
}

function picture(index: number): Image {
  const random = createRandom("picture", index);
  const shapes = shapesOf(index);
  const isInside = (x: number, y: number) =>
    shapes.some(({ box, kind }) => {
      const [u, v] = [(x + 0.5 - box.x) / box.width, (y + 0.5 - box.y) / box.height];
      if (kind === "bar") return u >= 0 && u <= 1 && v >= 0 && v <= 1;
      return Math.hypot(u - 0.5, v - 0.5) <= 0.5;
    });
  const data = new Uint8Array(side * side * 3);
  for (let at = 0; at < side * side; at++) {
    const byte = (isInside(at % side, Math.floor(at / side)) ? 200 : 50) + random.normal(0, 8);
    data.fill(Math.max(0, Math.min(255, byte)), 3 * at, 3 * at + 3);
  }
  return { width: side, height: side, order: "rgb", data };
}

const file = {
  categories: [
    { id: 7, name: "disc" },
    { id: 9, name: "bar" },
  ],
};

before(async () => {
  place = await makePlace();
  const folder = join(place.folder, "things");
  await mkdir(join(folder, "images"), { recursive: true });
  await mkdir(join(folder, "annotations"));
  const annotations: object[] = [];
  const images: object[] = [];
  for (let index = 0; index < count; index++) {
    await writeFile(join(folder, "images", `${index}.png`), await encodePng(picture(index)));
    images.push({ id: index, file_name: `${index}.png`, width: side, height: side });
    for (const { box, kind } of shapesOf(index)) {
      const bbox = [box.x, box.y, box.width, box.height];
      annotations.push({
        id: annotations.length,
        image_id: index,
        category_id: kind === "disc" ? 7 : 9,
        bbox,
        iscrowd: 0,
      });
    }
  }
  await writeFile(join(folder, "annotations", "instances_all.json"), JSON.stringify({ ...file, images, annotations }));
});
after(() => place.remove());

const { preprocessing, training, card } = tinyRecipe;
const recipe = {
  name: "things",
  seed: 1,
  card,
  data: {
    kind: "boxes",
    sets: [{ reader: "coco", folder: "things", hold_out: 0.2 }],
    augmentation: { flip: 0.5, zoom: 1.3, brightness: 0.1 },
  },
  preprocessing: {
    ...preprocessing,
    width: side,
    height: side,
    color: "rgb",
    fit: "limit",
    multiple: 32,
    mean: [0.4, 0.4, 0.4],
    std: [0.3, 0.3, 0.3],
  },
  model: {
    backbone: { family: "pyramid", stem: [8, 8], widths: [8, 16, 16], blocks: [1, 1, 0], lateral: 16 },
    tasks: [{ kind: "detection", name: "objects", points: 0, labels: ["disc", "bar"] }],
  },
  training: {
    ...training,
    batch: 8,
    epochs: 60,
    sizes: [
      { until: 0.4, size: 64 },
      { until: 1, size: 96 },
    ],
    validate_every: 60,
  },
};

test("boxes of two classes are learned from whole pictures, and the file tells place and class", async () => {
  let samples: readonly DetectedSample[] = [];
  const remember = {
    ...measurers,
    detection(found: readonly DetectedSample[]) {
      samples = found;
      return { pictures: found.length };
    },
  };
  const path = await place.write("things", recipe);
  const events = await eventsOf(place.options(path, "run", { measurers: remember }));
  const done = events.at(-1) as Extract<TrainingEvent, { type: "done" }>;
  assert.deepEqual(done.metrics, { "objects/pictures": 8 });
  let placed = 0;
  let named = 0;
  for (const { sample, detections } of samples) {
    const label = sample.labels.objects;
    assert.ok(label?.kind === "boxes");
    for (const { box, class: index } of label.boxes) {
      const best = detections.find((found) => overlapOf(found.box, box) > 0.5);
      placed += best ? 1 : 0;
      named += best?.class === index ? 1 : 0;
    }
  }
  // 16 things; by chance half of those found would be named right
  assert.ok(placed >= 14 && named >= 13, `${placed} placed, ${named} named`);
  const list = readTrainingPictures(readOnnx(await readFile(done.model)), "things.onnx")!;
  assert.equal(list.hashes.length, count - 8);
  const heldOut = new Set(samples.map(({ sample }) => Number(/(\d+)\.png/.exec(sample.id)![1])));
  for (let index = 0; index < count; index++) {
    assert.equal(isTrainedOn(list, pictureHash(picture(index))), !heldOut.has(index), `${index}`);
  }
  const model = await loadModel(await readFile(done.model), { name: "things.onnx", threads: 1 });
  const [task] = model.card.tasks;
  assert.ok(task?.kind === "detection");
  assert.deepEqual(task.labels, ["disc", "bar"]);
  const { sample, detections } = samples[0]!;
  const { outputs, inputs } = await model.run([picture(Number(/(\d+)\.png/.exec(sample.id)![1]))]);
  const found = decodeDetections(levelsOf(outputs, task), task, { toImage: inputs[0]!.toImage, threshold: 0.02 });
  assert.deepEqual(
    found.slice(0, 2).map(({ class: index }) => index),
    detections.slice(0, 2).map(({ class: index }) => index),
  );
  await model.dispose();
});

test("without augmentation a picture is shown as it is served, with its boxes; another list of classes is refused", async () => {
  const plain = {
    ...recipe,
    data: { ...recipe.data, augmentation: {} },
    training: { ...recipe.training, sizes: [{ until: 1, size: 96 }] },
  };
  const { recipe: loaded } = await readRecipe(await place.write("plain", plain));
  assert.ok(loaded.data.kind === "boxes");
  const source = await openBoxes(loaded, loaded.data, [place.folder]);
  assert.equal(source.samplesPerEpoch, 32);
  const [image, positive, , box, , , shares] = await source.draw(0, { width: 96, height: 96 });
  // which picture it is: the one whose bytes these are
  const index = Array.from({ length: count }, (_, i) => i).find((i) =>
    picture(i).data.every((byte, at) => at % 3 !== 0 || Math.abs(image![at / 3]! - (byte / 255 - 0.4) / 0.3) < 1e-4),
  );
  assert.ok(index !== undefined);
  const cells = positive!.length;
  const learned = new Set<string>();
  positive!.forEach((value, cell) => {
    if (value === 0) return;
    const corners = [0, 1, 2, 3].map((corner) => box![corner * cells + cell]);
    learned.add(JSON.stringify([corners, shares![cell] === 1 ? "disc" : "bar"]));
  });
  const expected = shapesOf(index).map(({ box: { x, y, width, height }, kind }) =>
    JSON.stringify([[x, y, x + width, y + height], kind]),
  );
  assert.deepEqual(learned, new Set(expected));
  const other = {
    ...loaded,
    model: { ...loaded.model, tasks: [{ ...loaded.model.tasks[0]!, labels: ["bar", "disc"] }] },
  };
  await assert.rejects(openBoxes(other as typeof loaded, loaded.data, [place.folder]), {
    code: "vision/recipe-invalid",
  });
});

test("the same position gives the same sample, another epoch another one", async () => {
  const { recipe: loaded } = await readRecipe(await place.write("again", recipe));
  assert.ok(loaded.data.kind === "boxes");
  const spec = loaded.data;
  const draw = async (position: number) =>
    (await openBoxes(loaded, spec, [place.folder])).draw(position, { width: 64, height: 64 });
  const [first, same, later] = [await draw(3), await draw(3), await draw(3 + 32)];
  assert.deepEqual(first, same);
  assert.notDeepEqual(first[0], later[0]);
});
