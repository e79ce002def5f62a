import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, encodePng } from "@foveajs/vision";

const side = 16;

/** Writes data set `shapes` of bars and discs with noise, a folder a class: 32 pictures to train on, 16 to validate of each. */
async function drawShapes(folder: string): Promise<void> {
  for (const [part, count] of Object.entries({ train: 32, valid: 16 })) {
    for (const kind of ["bars", "discs"]) {
      const place = join(folder, "shapes", part, kind);
      await mkdir(place, { recursive: true });
      for (let index = 0; index < count; index++) {
        const random = createRandom("shapes", part, kind, index);
        const [x, y] = [random.uniform(5, 11), random.uniform(5, 11)];
        const data = Uint8Array.from({ length: side * side }, (_, pixel) => {
          const [across, down] = [(pixel % side) + 0.5 - x, Math.floor(pixel / side) + 0.5 - y];
          const isInside = kind === "discs" ? Math.hypot(across, down) < 4 : Math.abs(across) < 1.5;
          return Math.max(0, Math.min(255, (isInside ? 190 : 60) + random.normal(0, 20)));
        });
        await writeFile(
          join(place, `${index}.png`),
          await encodePng({ width: side, height: side, order: "gray", data }),
        );
      }
    }
  }
}

/** A tiny net on them: 4 steps an epoch, 5 epochs, so that the log has the loss of step 20. JSON is YAML. */
const recipe = {
  name: "shapes",
  seed: 7,
  card: { summary: "Bars and discs.", licence: "Apache-2.0", limits: "Drawings of 16 pixels." },
  data: {
    kind: "samples",
    sets: [{ reader: "folder", folder: "shapes", options: { task: "shape" } }],
    augmentation: { flip: 0.5 },
  },
  preprocessing: {
    width: side,
    height: side,
    color: "gray",
    fit: "stretch",
    filter: "bilinear",
    scale: 1 / 255,
    mean: [0.4],
    std: [0.3],
  },
  model: {
    backbone: { family: "residual", stem: 8, widths: [8, 16], blocks: [1, 1] },
    tasks: [{ kind: "classification", name: "shape", labels: ["bars", "discs"] }],
  },
  training: {
    batch: 16,
    epochs: 5,
    sizes: [{ until: 1, size: 16 }],
    groups: [{ optimizer: "adamw", rate: 0.02, roles: ["hidden", "edge", "vector"] }],
  },
};

/** A folder with the data and the recipe. */
export interface TinyTraining {
  readonly folder: string;
  readonly recipe: string;
  readonly remove: () => Promise<void>;
}

export async function makeTinyTraining(): Promise<TinyTraining> {
  const folder = await mkdtemp(join(tmpdir(), "fovea-tiny-"));
  await drawShapes(folder);
  const path = join(folder, "recipe.yaml");
  await writeFile(path, JSON.stringify(recipe, null, 2));
  return { folder, recipe: path, remove: () => rm(folder, { recursive: true, force: true }) };
}
