import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { maskArea, maskText } from "@foveajs/evaluation";

const script = fileURLToPath(new URL("./coco-pycocotools.py", import.meta.url));

/** First Python that has pycocotools: `FOVEA_PYTHON`, then the usual places; undefined where none has. */
export function findCocoPython(environment = process.env) {
  const candidates = [environment.FOVEA_PYTHON, "python3", "/usr/bin/python3"].filter((name) => name !== undefined);
  return candidates.find((python) => spawnSync(python, ["-c", "import pycocotools"], { stdio: "ignore" }).status === 0);
}

/**
 * pycocotools on pictures of one size, as a contestant for `interleave`. `kind`: "bbox" or "segm", regions being boxes or masks.
 * With `version()`, `ap()`, what it last gave, and `dispose()`.
 */
export async function createCocoTools({ python, kind, images, size }) {
  const folder = await mkdtemp(path.join(tmpdir(), "fovea-bench-"));
  const file = path.join(folder, "coco.json");
  await writeFile(file, JSON.stringify(cocoFile(images, kind, size)));
  let last = {};
  return {
    name: kind === "bbox" ? "boxes, pycocotools" : "masks, pycocotools",
    async measure(repeats) {
      const { status, stdout, stderr } = spawnSync(python, [script, file, kind, String(repeats)], { encoding: "utf8" });
      if (status !== 0) throw new Error(`bench/coco-pycocotools.py ended with ${status}: ${stderr}`);
      last = JSON.parse(stdout);
      return { wallMs: last.wall_ms, cpuMs: last.cpu_ms };
    },
    version: () => last.version,
    ap: () => last.ap,
    dispose: () => rm(folder, { recursive: true }),
  };
}

/** What the script reads. */
function cocoFile(images, kind, size) {
  const placeOf = (region) =>
    kind === "bbox"
      ? { bbox: [region.x, region.y, region.width, region.height] }
      : { segmentation: { size: [size.height, size.width], counts: maskText(region) } };
  const areaOf = (region) => (kind === "bbox" ? region.width * region.height : maskArea(region));
  const annotations = images.flatMap(({ image, truth }) =>
    truth.map(({ category, region, crowd }) => ({
      image_id: image + 1,
      category_id: category + 1,
      iscrowd: Number(crowd),
      area: areaOf(region),
      ...placeOf(region),
    })),
  );
  const categories = new Set(images.flatMap(({ truth }) => truth.map(({ category }) => category)));
  return {
    truth: {
      images: images.map(({ image }) => ({ id: image + 1, ...size })),
      categories: [...categories].map((category) => ({ id: category + 1, name: String(category) })),
      annotations: annotations.map((annotation, i) => ({ id: i + 1, ...annotation })),
    },
    finds: images.flatMap(({ image, detections }) =>
      detections.map(({ category, region, score }) => ({
        image_id: image + 1,
        category_id: category + 1,
        score,
        ...placeOf(region),
      })),
    ),
  };
}
