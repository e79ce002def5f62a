import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { decode, openDataset, overlapOf, splitByGroup } from "@foveajs/vision";

/** Photographs of which people know how many faces they show: `photos/` of the data folder. */
const facesShown = {
  "body-man.jpg": 1,
  "exif-landscape-8.jpg": 0,
  "exif-portrait-6.jpg": 0,
  "expr-angry.jpg": 1,
  "expr-eyesclosed.jpg": 1,
  "expr-laugh.jpg": 1,
  "expr-neutral.jpg": 1,
  "expr-surprise.jpg": 1,
  "expr-tongue.jpg": 1,
  "face-astronaut.jpg": 1,
  "face-exif3.jpg": 1,
  "face-exif6.jpg": 1,
  "face-man-c.jpg": 1,
  "face-official-a.jpg": 1,
  "face-official-b.jpg": 1,
  "face-partial.jpg": 1,
  "face-speaking.jpg": 1,
  "group-children.jpg": 2,
  "group-grass.jpg": 4,
  "group-solvay1927.jpg": 29,
  "group-two.jpg": 2,
  "none-cat.jpg": 0,
  "none-coffee.jpg": 0,
  "none-rocket.jpg": 0,
  "profile-a.jpg": 1,
  "profile-b.jpg": 1,
  "profile-camera.png": 1,
};

/** A share of MTFL that recipes of the detector leave out: data.cutouts.hold_out. */
const MTFL_SHARE = 0.1;
/** Every nth of those pictures is looked at: enough for three digits. */
const MTFL_STEP = 2;

/** Faces found and finds beyond them on photographs with a known number of faces: { pictures, faces, found, beyond }. */
export async function countOnPhotos(folder, detect) {
  const sums = { pictures: 0, faces: 0, found: 0, beyond: 0 };
  for (const [file, faces] of Object.entries(facesShown)) {
    const count = (await detect(await decode(readFileSync(path.join(folder, file))))).length;
    sums.pictures += 1;
    sums.faces += faces;
    sums.found += Math.min(count, faces);
    sums.beyond += Math.max(0, count - faces);
  }
  return sums;
}

/** The same on the photographs of dlib's examples that people have boxed (all their faces), and on its dogs, by overlap. */
export async function countOnGroups(folder, detect, iou) {
  const boxes = new Map([["images/dogs.jpg", []]]);
  const [, ...lines] = readFileSync(path.join(folder, "faces.csv"), "utf8").trim().split("\n");
  for (const line of lines) {
    const [file, , x, y, width, height] = line.split(",");
    const box = { x: Number(x), y: Number(y), width: Number(width), height: Number(height) };
    boxes.set(file, [...(boxes.get(file) ?? []), box]);
  }
  const sums = { pictures: 0, faces: 0, found: 0, beyond: 0 };
  for (const [file, truth] of boxes) {
    const finds = await detect(await decode(readFileSync(path.join(folder, file))));
    const left = new Set(truth);
    for (const { box } of finds) {
      const [best] = [...left].sort((a, b) => overlapOf(box, b) - overlapOf(box, a));
      if (best !== undefined && overlapOf(box, best) >= iou) left.delete(best);
    }
    sums.pictures += 1;
    sums.faces += truth.length;
    sums.found += truth.length - left.size;
    sums.beyond += finds.length - (truth.length - left.size);
  }
  return sums;
}

/** Finds on pictures without a face: { pictures, found }. */
export async function countOnFaceless(images, detect) {
  const sums = { pictures: 0, found: 0 };
  for (const load of images) {
    sums.pictures += 1;
    sums.found += (await detect(await load())).length;
  }
  return sums;
}

/** Pictures without a face that no recipe of the detector uses: the validation parts of rubbish on white, and of hands. */
export async function facelessSets(folder) {
  const rubbish = await openDataset("folder", path.join(folder, "trashnet"), {});
  const hands = pathsUnder(path.join(folder, "sign_digits")).filter((file) => /\.jpe?g$/i.test(file));
  return {
    trashnet: rubbish.samples.filter(({ split }) => split === "valid").map((sample) => () => rubbish.load(sample)),
    hands: hands.filter((_, index) => index % 10 === 0).map((file) => () => decode(readFileSync(file))),
  };
}

const pathsUnder = (folder) =>
  readdirSync(folder, { recursive: true })
    .map((file) => path.join(folder, String(file)))
    .sort();

/**
 * Mean distance of the five points on the held-out part of MTFL, in distances of the eyes, of the strongest find that holds
 * their middle: { pictures, found, meanError }.
 */
export async function pointsOnMtfl(folder, detect) {
  const dataset = await openDataset("mtfl", folder, {});
  const parted = splitByGroup(dataset.samples, { fractions: { train: 1 - MTFL_SHARE, valid: MTFL_SHARE }, seed: 0 });
  const samples = parted
    .filter(({ split, labels }) => split === "valid" && labels.landmarks5)
    .filter((_, i) => i % MTFL_STEP === 0);
  const errors = [];
  for (const sample of samples) {
    const truth = sample.labels.landmarks5.points;
    const middle = [0, 1].map((axis) => truth.reduce((sum, point) => sum + point[axis], 0) / truth.length);
    const finds = await detect(await dataset.load(sample));
    const find = finds.find(({ box }) => holds(box, middle));
    if (find === undefined) continue;
    const points = Array.isArray(find.points) ? find.points : Object.values(find.points);
    const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
    const sum = truth.reduce((total, point, index) => total + apart(point, points[index]), 0);
    errors.push(sum / truth.length / apart(truth[0], truth[1]));
  }
  const meanError = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  return { pictures: samples.length, found: errors.length, meanError };
}

const holds = ({ x, y, width, height }, [px, py]) => px >= x && py >= y && px <= x + width && py <= y + height;
