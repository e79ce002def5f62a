import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readOnnx } from "@foveajs/graph";
import { createRandom } from "../augment/random.ts";
import { decode } from "../image/decode.ts";
import { encodePng } from "../image/encode.ts";
import type { Image } from "../image/image.ts";
import { checkGolden } from "../model/golden.ts";
import { loadModel } from "../model/load.ts";
import { isTrainedOn, pictureHash, readTrainingPictures } from "../model/training-pictures.ts";
import { overlapOf } from "../tasks/detections.ts";
import type { DetectedSample } from "./measure.ts";
import { readBoxes } from "./predictions-file.ts";
import { readRecipe } from "./recipe.ts";
import { epochModelName } from "./run-files.ts";
import { eventsOf, makePlace, measurers, type Place, tinyRecipe } from "./tiny-run.test.support.ts";
import { validationPictures } from "./validation-pictures.ts";

const side = 96;
let place: Place;

/** A dark picture with noise and, where one is told, a bright disc in its square. */
function picture(seed: number, box?: { x: number; y: number; width: number }): Image {
  const random = createRandom("picture", seed);
  const data = new Uint8Array(side * side * 3);
  for (let index = 0; index < side * side; index++) {
    const away = box
      ? Math.hypot((index % side) + 0.5 - box.x - box.width / 2, Math.floor(index / side) + 0.5 - box.y - box.width / 2)
      : Number.POSITIVE_INFINITY;
    data.fill(
      Math.max(0, Math.min(255, (away < (box?.width ?? 0) / 2 ? 200 : 50) + random.normal(0, 8))),
      3 * index,
      3 * index + 3,
    );
  }
  return { width: side, height: side, order: "rgb", data };
}

/** 24 pictures with a disc and 8 without, in the layout of reader `face_scenes`. */
before(async () => {
  place = await makePlace();
  const folder = join(place.folder, "discs");
  await mkdir(join(folder, "images"), { recursive: true });
  const images = ["file,source,group,width,height,labels"];
  const names = ["eye1", "eye2", "nose", "mouth1", "mouth2"].map((name) => `${name}_x,${name}_y`).join();
  const machine = [`file,score,x,y,width,height,${names},at640,human_index`];
  for (let index = 0; index < 32; index++) {
    const random = createRandom("place", index);
    const width = 20 + random.integer(20);
    const box = index < 24 ? { x: random.integer(side - width), y: random.integer(side - width), width } : undefined;
    const file = `images/${index}.png`;
    await writeFile(join(folder, file), await encodePng(picture(index, box)));
    images.push(`${file},drawn,${index % 4 === 0 ? "fold08" : ""},${side},${side},${box ? "machine" : "negative"}`);
    if (!box) continue;
    const points = [
      [0.3, 0.3],
      [0.7, 0.3],
      [0.5, 0.5],
      [0.3, 0.7],
      [0.7, 0.7],
    ].flatMap(([u, v]) => [box.x + u! * width, box.y + v! * width]);
    machine.push([file, 0.9, box.x, box.y, width, width, ...points, 1, ""].join());
  }
  await writeFile(join(folder, "images.csv"), `${images.join("\n")}\n`);
  await writeFile(join(folder, "faces.csv"), "file,x,y,width,height,kind,origin\n");
  await writeFile(join(folder, "faces_yunet.csv"), `${machine.join("\n")}\n`);
});
after(() => place.remove());

const { preprocessing, training, card } = tinyRecipe;
const recipe = {
  name: "discs",
  seed: 1,
  card,
  data: {
    kind: "scenes",
    photographs: { reader: "face_scenes", folder: "discs", options: { fraction: 0 } },
    shares: { faceless: 0.2, pasted: 0 },
    face_sizes: [16, 40],
    scenes_per_epoch: 64,
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
    backbone: { family: "pyramid", stem: [8, 8], widths: [8, 8, 8], blocks: [1, 0, 0], lateral: 8 },
    tasks: [{ kind: "detection", name: "faces" }],
  },
  training: { ...training, batch: 8, epochs: 6, sizes: [{ until: 1, size: 64 }], average_decay: 0.9 },
};

test("a tiny detector learns to find discs in scenes, is validated on whole pictures, and its file runs", async () => {
  let samples: readonly DetectedSample[] = [];
  let threshold = 0;
  const remember = {
    ...measurers,
    detection(found: readonly DetectedSample[], task: { threshold: number }) {
      samples = found;
      threshold = task.threshold;
      return { pictures: found.length };
    },
  };
  const path = await place.write("discs", recipe);
  const events = await eventsOf(place.options(path, "run", { measurers: remember }));
  const losses = events.flatMap((event) => (event.type === "epoch" ? [event.loss] : []));
  assert.ok(losses.at(-1)! < 0.5 * losses[0]!, losses.join(" "));
  const done = events.at(-1);
  assert.ok(done?.type === "done");
  // every fourth of 32
  assert.deepEqual(done.metrics, { "faces/pictures": 8 });
  assert.equal(threshold, 0.5);
  const labelled = samples.flatMap(({ sample, detections }) => {
    const label = sample.labels.faces;
    return label?.kind === "boxes" && label.boxes[0] ? [{ truth: label.boxes[0].box, best: detections[0] }] : [];
  });
  assert.equal(labelled.length, 6);
  const overlaps = labelled.map(({ truth, best }) => (best ? overlapOf(truth, best.box) : 0));
  assert.ok(overlaps.filter((overlap) => overlap > 0.35).length >= 5, overlaps.join(" "));
  await keepsItsFinds(samples);
  const list = readTrainingPictures(readOnnx(await readFile(done.model)), "discs.onnx")!;
  assert.equal(list.hashes.length, 24);
  for (let index = 0; index < 32; index++) {
    const name = `images/${index}.png`;
    const image = await decode(await readFile(join(place.folder, "discs", name)), { name });
    assert.equal(isTrainedOn(list, pictureHash(image)), index % 4 !== 0, name);
  }
  const model = await loadModel(await readFile(done.model), { name: "discs.onnx", threads: 1 });
  assert.deepEqual(model.card.golden.input, [1, 3, 64, 64]);
  assert.equal((await checkGolden(model.session, model.card)).matches, true);
  const { outputs } = await model.run([picture(0)]);
  assert.deepEqual(outputs.faces_8!.shape, [1, 15, 12, 12]);
  await model.dispose();
});

/** The file of the last epoch has what was measured, rounded, and the report can open the pictures. */
async function keepsItsFinds(samples: readonly DetectedSample[]): Promise<void> {
  const text = await readFile(join(place.folder, "run", "predictions", "epoch-006.json"), "utf8");
  const { ids, found, labelled } = readBoxes((JSON.parse(text) as { faces: object }).faces)!;
  assert.deepEqual(
    ids,
    samples.map(({ sample }) => `face_scenes/${sample.id}`),
  );
  const tenth = (value: number) => Math.round(10 * value) / 10;
  samples.forEach(({ sample, detections }, i) => {
    assert.equal(found[i]!.length, Math.min(100, detections.length));
    found[i]!.forEach(({ box, score }, k) => {
      const { box: whole, score: exact } = detections[k]!;
      assert.ok(Math.abs(score - exact) < 1e-3 && Math.abs(box.x - whole.x) <= 0.051, sample.id);
    });
    const label = sample.labels.faces;
    assert.ok(label?.kind === "boxes");
    const expected = label.boxes.map(({ box, kind }) => ({
      box: { x: tenth(box.x), y: tenth(box.y), width: tenth(box.width), height: tenth(box.height) },
      kind,
    }));
    assert.deepEqual(labelled[i], expected);
  });
  const { recipe: loaded } = await readRecipe(join(place.folder, "discs.yaml"));
  const load = await validationPictures(loaded, { dataFolders: [place.folder], side: 8 });
  const image = (await load(ids[0]!))!;
  assert.deepEqual([image.width, image.height], [side, side]);
  assert.equal(await load("face_scenes/images/1.png"), undefined); // learned from
}

test("the common moment of a detector is that of its best average precision, and it rests by it", async () => {
  const precisions = [0.3, 0.9, 0.5, 0.4, 0.3];
  const run = async (name: string, options: object) => {
    let calls = 0;
    const path = await place.write(name, {
      ...recipe,
      data: { ...recipe.data, scenes_per_epoch: 8 },
      training: { ...recipe.training, epochs: 5, ...options },
    });
    const detection = () => ({ ap: precisions[calls++] ?? 0.9 });
    return eventsOf(place.options(path, name, { measurers: { ...measurers, detection } }));
  };
  const done = (await run("moment", { moment: "common" })).at(-1)!;
  assert.ok(done.type === "done");
  assert.equal(done.moment!.epoch, 2);
  assert.deepEqual(done.moment!.heads, {});
  assert.equal(done.metrics["faces/ap"], 0.9);
  const kept = readOnnx(await readFile(join(place.folder, "moment", epochModelName(2))));
  const shipped = readOnnx(await readFile(done.model));
  for (const [name, tensor] of shipped.initializers)
    assert.deepEqual(tensor.data, kept.initializers.get(name)!.data, name);
  const file = JSON.parse(await readFile(join(place.folder, "moment", "moments.json"), "utf8"));
  assert.deepEqual(file, done.moment);
  const rested = await run("patience", { patience: 1 });
  const last = rested.findLast((event) => event.type === "epoch")!;
  assert.deepEqual(last.type === "epoch" && [last.epoch, last.resting], [4, ["faces"]]);
});
