// Bench: planted near copies that the leak guard finds among many pictures, and in what time.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  contactSheet,
  createRandom,
  crop,
  encodeJpeg,
  findNearDuplicates,
  fingerprintPictures,
  flipImage,
  openDataset,
  readImage,
  resize,
} from "@foveajs/vision";
import { environment, peakMegabytes } from "./harness.js";

/**
 * How many planted near copies the leak guard finds among many pictures, how many pairs besides, and in what time. A copy
 * is a picture resized, cropped by 5 % of each side, saved as JPEG of quality 60 or mirrored, or all of it. Usage:
 * node bench/duplicates.js [--pictures 10000] [--planted 200] [--crop 0.05] [--seed 1] [--threads N]
 *   [--data ../shared/data | --data made] [--sheet FILE.jpg] [--json]
 * With `--data made` the pictures are made up, and each pair besides the planted is false. Those of real sets hold copies of
 * their own: `--sheet` writes the pairs besides the planted, the least alike first, so that a person can tell.
 */
const { values } = parseArgs({
  options: {
    pictures: { type: "string", default: "10000" },
    planted: { type: "string", default: "200" },
    crop: { type: "string", default: "0.05" },
    seed: { type: "string", default: "1" },
    threads: { type: "string", default: String(availableParallelism()) },
    data: { type: "string", default: fileURLToPath(new URL("../../shared/data", import.meta.url)) },
    sheet: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const MOST_SECONDS = 120;
/** Of made-up pictures, of which no two are alike. */
const MOST_FALSE_PAIRS = 5;
const sets = ["mtfl", "landmarks68", "trashnet", "no_face", "face_scenes"];
const readerOf = { trashnet: "folder" };
const [pictures, planted] = [Number(values.pictures), Number(values.planted)];
const random = createRandom("duplicates", Number(values.seed));

/** What each copy goes through, in turn: one change alone, then all but one, then all. */
const changes = ["resize", "crop", "jpeg", "flip"];
const recipes = [
  ...changes.map((change) => [change]),
  ...changes.map((left) => changes.filter((change) => change !== left)),
  changes,
];

const folder = await mkdtemp(path.join(tmpdir(), "fovea-duplicates-"));
try {
  const originals = await (values.data === "made" ? makePictures() : sharedPictures());
  const copies = await plant(originals);
  const files = [...originals, ...copies.map(({ file }) => file)];
  const { pairs, read, seconds } = await search(files);

  const isPlanted = ({ a, b }) => b >= originals.length && copies[b - originals.length].of === a;
  const found = new Set(pairs.filter(isPlanted).map(({ b }) => b - originals.length));
  // a copy of a picture that has a copy of its own in the set is rightly paired with that too
  const others = pairs.filter((pair) => !isPlanted(pair) && pair.b < originals.length);
  const missed = copies.filter((_, i) => !found.has(i));
  const isMade = values.data === "made";
  const result = {
    bench: "duplicates",
    ...environment(),
    pictures: files.length,
    threads: Number(values.threads),
    planted: copies.length,
    found: found.size,
    other_pairs: others.length,
    // those of real sets may be copies too
    other_pairs_limit: isMade ? MOST_FALSE_PAIRS : null,
    read_seconds: read,
    seconds,
    seconds_limit: MOST_SECONDS,
    peak_mb: Math.round(peakMegabytes()),
    lowest_planted: Math.min(...pairs.filter(isPlanted).map(({ similarity }) => similarity)),
    missed: missed.map(({ of, recipe }) => `${path.basename(originals[of])}: ${recipe.join(" ")}`),
  };
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : text(result));
  if (values.sheet !== undefined) await writeSheet(values.sheet, files, others);
  const isClean = !isMade || others.length <= MOST_FALSE_PAIRS;
  process.exitCode = missed.length === 0 && isClean && seconds < MOST_SECONDS ? 0 : 1;
} finally {
  await rm(folder, { recursive: true });
}

/** Names and values, a line each. */
function text(result) {
  const lines = Object.entries(result).map(([name, value]) => {
    const told = typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
    return `${name.replaceAll("_", " ").padEnd(18)} ${Array.isArray(told) ? told.join("; ") || "none" : (told ?? "-")}\n`;
  });
  return lines.join("");
}

async function search(files) {
  const start = performance.now();
  const prints = await fingerprintPictures(
    files.map((file) => ({ file })),
    { threads: Number(values.threads) },
  );
  const failed = prints.find((print) => print instanceof Error);
  if (failed) throw failed;
  const read = (performance.now() - start) / 1000;
  const pairs = await findNearDuplicates(prints);
  return { pairs, read, seconds: (performance.now() - start) / 1000 };
}

/** Files of the sets at hand, in turn, until there are enough. */
async function sharedPictures() {
  const files = [];
  for (const name of sets) {
    const { samples } = await openDataset(readerOf[name] ?? name, path.join(values.data, name));
    files.push(...samples.map(({ image }) => image.file));
  }
  return files.slice(0, pictures - planted);
}

async function makePictures() {
  const files = [];
  for (let i = 0; i < pictures - planted; i++) {
    const file = path.join(folder, `${i}.jpg`);
    await writeFile(file, await encodeJpeg(madePicture(random.fork(i))));
    files.push(file);
  }
  return files;
}

/** Clouds of colour with some boxes over them, 96 x 80. */
function madePicture(own) {
  const data = Uint8Array.from({ length: 8 * 6 * 3 }, () => own.integer(256));
  const clouds = resize({ width: 8, height: 6, order: "rgb", data }, { width: 96, height: 80, filter: "bicubic" });
  for (let box = 0; box < 4; box++) {
    const [left, top, right, bottom] = [own.integer(80), own.integer(64), 16 + own.integer(80), 16 + own.integer(64)];
    const tone = own.integer(256);
    for (let y = top; y < bottom; y++)
      clouds.data.fill(tone, (y * 96 + left) * 3, (y * 96 + Math.max(left, right)) * 3);
  }
  return clouds;
}

async function plant(originals) {
  const chosen = random.shuffle(originals.map((_, i) => i)).slice(0, planted);
  const copies = [];
  for (const [i, of] of chosen.entries()) {
    const recipe = recipes[i % recipes.length];
    const file = path.join(folder, `copy-${i}.jpg`);
    const copy = change(await readImage(originals[of]), recipe);
    await writeFile(file, await encodeJpeg(copy, { quality: recipe.includes("jpeg") ? 60 : 90 }));
    copies.push({ of, file, recipe });
  }
  return copies;
}

function change(original, recipe) {
  let image = original;
  if (recipe.includes("crop")) {
    const keep = 1 - Number(values.crop);
    const [width, height] = [image.width * keep, image.height * keep];
    const [x, y] = [random.uniform(0, image.width - width), random.uniform(0, image.height - height)];
    image = crop(image, { x, y, width, height });
  }
  if (recipe.includes("resize")) {
    const scale = random.uniform(0.5, 1.5);
    const [width, height] = [image.width, image.height].map((side) => Math.max(1, Math.round(side * scale)));
    image = resize(image, { width, height });
  }
  return recipe.includes("flip") ? flipImage(image) : image;
}

/** Pairs side by side, five pairs a row, the least alike first. */
async function writeSheet(file, files, pairs) {
  const order = [...pairs].sort((one, other) => one.similarity - other.similarity).slice(0, 100);
  const images = [];
  for (const { a, b, similarity } of order) {
    process.stdout.write(`${similarity.toFixed(3)} ${files[a]} ${files[b]}\n`);
    for (const picture of [files[a], files[b]]) images.push(await square(picture));
  }
  await writeFile(file, await encodeJpeg(contactSheet(images, { columns: 10 })));
}

async function square(file) {
  const image = await readImage(file);
  const scale = 120 / Math.max(image.width, image.height);
  return resize(image, { width: Math.round(image.width * scale), height: Math.round(image.height * scale) });
}
