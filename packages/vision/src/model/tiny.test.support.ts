import { type Graph, writeOnnx } from "@foveajs/graph";
import { createRandom } from "../augment/random.ts";
import { type ColorOrder, channelsOf, type Image } from "../image/image.ts";
import { type Preprocessing, preprocessingSchema } from "../image/preprocess.ts";
import { type TaskSpec, taskSchema } from "../tasks/table.ts";
import { type ModelCard, withCard } from "./card.ts";
import { makeGolden } from "./golden.ts";
import { createModel, type NetworkSpec } from "./network.ts";

export interface TinyModel {
  readonly spec: NetworkSpec;
  readonly preprocessing: Preprocessing;
}

const plain = { filter: "bilinear", scale: 1 / 255 } as const;

/** An untrained classifier of grey crops, 24 x 24 of which the middle 20 x 20 is seen. */
export const tinyClassifier: TinyModel = {
  spec: {
    backbone: { family: "residual", stem: 4, widths: [6, 8], blocks: [1, 1] },
    tasks: [
      taskSchema.parse({
        kind: "classification",
        name: "expression",
        labels: ["calm", "glad", "cross"],
        temperature: 2,
      }),
    ],
    standardize: 0.02,
    seed: 3,
  },
  preprocessing: preprocessingSchema.parse({
    ...plain,
    width: 24,
    height: 24,
    color: "gray",
    fit: "stretch",
    crop: { width: 20, height: 20 },
    mean: [0],
    std: [1],
  }),
};

/** An untrained detector of any size up to 640 pixels. */
export const tinyDetector: TinyModel = {
  spec: {
    backbone: { family: "pyramid", stem: [4, 4], widths: [4, 4, 4], blocks: [1, 0, 0], lateral: 4 },
    tasks: [taskSchema.parse({ kind: "detection", name: "faces" })],
    seed: 3,
  },
  preprocessing: preprocessingSchema.parse({
    ...plain,
    width: 640,
    height: 640,
    color: "rgb",
    fit: "limit",
    multiple: 32,
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
  }),
};

/** A graph whose fresh output weights are not 0 or near it, so that its outputs differ from picture to picture. */
export function livelyGraph({ spec, preprocessing }: TinyModel): Graph {
  const { graph } = createModel(spec, preprocessing);
  const random = createRandom("lively");
  const initializers = new Map(
    [...graph.initializers].map(([name, tensor]) =>
      /\.(weight|scale)$/.test(name)
        ? [
            name,
            {
              ...tensor,
              data: Float32Array.from(tensor.data as Float32Array, (value) => value + random.normal(0, 0.2)),
            },
          ]
        : [name, tensor],
    ),
  );
  return { ...graph, initializers };
}

/** A card for a graph, with the golden output that it has now. */
export async function cardOf(graph: Graph, { spec, preprocessing }: TinyModel): Promise<ModelCard> {
  const { width, height } =
    preprocessing.fit === "limit" ? { width: 64, height: 64 } : (preprocessing.crop ?? preprocessing);
  const shape = [1, channelsOf(preprocessing.color), height, width];
  return {
    format: 1,
    name: "tiny",
    summary: "Untrained.",
    licence: "Apache-2.0",
    limits: "It knows nothing.",
    tasks: [...spec.tasks],
    preprocessing,
    sources: [{ name: "noise", licence: "none", source: "a test" }],
    results: [{ data: "noise (3)", metric: "expression/accuracy", value: 0.25, interval: [0.1, 0.4] }],
    recipe: { name: "tiny", sha256: "0".repeat(64), seed: spec.seed },
    golden: await makeGolden(graph, shape, preprocessing, { threads: 1 }),
  };
}

/** The file of a model, with other tasks or another graph where told. */
export async function fileOf(
  model: TinyModel,
  { graph = livelyGraph(model), tasks }: { graph?: Graph; tasks?: readonly TaskSpec[] } = {},
): Promise<Uint8Array> {
  const card = await cardOf(graph, model);
  return writeOnnx(withCard(graph, tasks ? { ...card, tasks: [...tasks] } : card));
}

/** A picture of seeded noise. */
export function noisePicture(
  width: number,
  height: number,
  { order = "rgb", seed = 1 }: { order?: ColorOrder; seed?: number } = {},
): Image {
  const random = createRandom("noise", seed);
  return {
    width,
    height,
    order,
    data: Uint8Array.from({ length: width * height * channelsOf(order) }, () => random.integer(256)),
  };
}
