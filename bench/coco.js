// Bench: COCO's twelve numbers of boxes and of masks on made-up pictures, beside pycocotools where a Python has it.
import { parseArgs } from "node:util";
import { cocoBoxAveragePrecision, cocoMaskAveragePrecision, cocoSummary, seededRandom } from "@foveajs/evaluation";
import { besideLimits, environment, interleave, measureHere, peakMegabytes, printRows, summarize } from "./harness.js";
import { createCocoTools, findCocoPython } from "./pycocotools.js";

/**
 * Time of COCO's twelve numbers on made-up pictures like those of val2017: 640 * 480, about 7 objects of some
 * 80 categories, 100 detections of which some 20 lie near an object. One core. Beside it pycocotools, on the same pictures,
 * where a Python has it (`FOVEA_PYTHON`). Usage: node bench/coco.js [--detections 100000] [--rounds 3] [--json]
 * Beside each of ours stands how many times longer pycocotools takes for the same. Exit code 1 where a limit is exceeded.
 */
const { values } = parseArgs({
  options: {
    detections: { type: "string", default: "100000" },
    rounds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
  },
});
const perImage = 100;
const limitsMs = { boxes: 3000, masks: 10_000 };
const images = Math.round(Number(values.detections) / perImage);
const size = { width: 640, height: 480 };
const random = seededRandom(1);

const boxes = Array.from({ length: images }, (_, image) => makeImage(image));
const masks = boxes.map((image) => ({
  ...image,
  truth: image.truth.map(withMask),
  detections: image.detections.map(withMask),
}));
const found = {};
const score = (name, metric, pictures) => () => {
  found[name] = cocoSummary(metric.update(metric.empty(), pictures)).ap.value;
};
const python = findCocoPython();
const rivals =
  python === undefined
    ? []
    : [
        await createCocoTools({ python, kind: "bbox", images: boxes, size }),
        await createCocoTools({ python, kind: "segm", images: masks, size }),
      ];
const contestants = [
  { name: "boxes", measure: measureHere(score("boxes", cocoBoxAveragePrecision(), boxes)) },
  { name: "masks", measure: measureHere(score("masks", cocoMaskAveragePrecision(), masks)) },
  ...rivals,
];
const times = await interleave(contestants, { warmup: 1, rounds: Number(values.rounds), repeats: 1 });
for (const { name, ap } of rivals) found[name] = ap();
const rows = besideLimits(summarize(times, "boxes"), limitsMs, (name) => ({
  detections: images * perImage,
  ap: found[name].toFixed(12),
  times_faster: timesFaster(name),
}));
const about = { bench: "coco", ...environment(), images, pycocotools: rivals[0]?.version() ?? null };
printRows(rows, { ...about, peak_mb: Math.round(peakMegabytes()) }, values);
await Promise.all(rivals.map(({ dispose }) => dispose()));
process.exitCode = rows.every(({ within }) => within !== false) ? 0 : 1;

/** How many times longer pycocotools computes than ours of the same kind: the median over rounds; null where it is not here. */
function timesFaster(name) {
  const rival = `${name}, pycocotools`;
  if (times[rival] === undefined) return null;
  return summarize({ [name]: times[name], [rival]: times[rival] }, name)[1].cpuSpeedup;
}

function makeImage(image) {
  const truth = Array.from({ length: Math.floor(random() * 15) }, () => ({
    category: Math.floor(80 * random() ** 3),
    region: makeBox(),
    crowd: random() < 0.02,
  }));
  const detections = Array.from({ length: perImage }, (_, i) => {
    const near = i < 20 ? truth[i % Math.max(1, truth.length)] : undefined;
    const category = near?.category ?? Math.floor(80 * random() ** 3);
    return { category, region: near === undefined ? makeBox() : moved(near.region), score: random() };
  });
  return { image, truth, detections };
}

function makeBox() {
  const side = 10 * 30 ** random();
  return { x: random() * 600, y: random() * 440, width: side, height: side * (0.5 + random()) };
}

function moved({ x, y, width, height }) {
  const by = () => (random() - 0.5) * 0.2;
  return {
    x: x + by() * width,
    y: y + by() * height,
    width: width * (1 + by()),
    height: height * (1 + by()),
  };
}

/** The ellipse in the box, as runs down the columns. */
function withMask({ region: { x, y, width, height }, ...rest }) {
  const runs = [];
  let end = 0;
  for (let column = Math.max(0, Math.ceil(x)); column < Math.min(size.width, x + width); column++) {
    const across = (2 * (column - x)) / width - 1;
    const half = (height / 2) * Math.sqrt(Math.max(0, 1 - across * across));
    const top = Math.max(0, Math.ceil(y + height / 2 - half));
    const bottom = Math.min(size.height, Math.ceil(y + height / 2 + half));
    if (bottom <= top) continue;
    const start = column * size.height + top;
    if (start === end && runs.length > 0) runs[runs.length - 1] += bottom - top;
    else runs.push(start - end, bottom - top);
    end = column * size.height + bottom;
  }
  return { ...rest, region: { ...size, runs: Uint32Array.from([...runs, size.width * size.height - end]) } };
}
