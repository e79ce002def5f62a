import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { readOnnx } from "@foveajs/graph";
import type { BackboneSpec } from "../../backbones/table.ts";
import { errors } from "../../errors.ts";
import type { Preprocessing } from "../../image/preprocess.ts";
import { CARD_KEY, readCard } from "../../model/card.ts";
import { foreignBackbone } from "../../model/foreign-backbone.ts";
import { backboneIn, standardizedBy } from "../../model/start.ts";
import type { TrainingNote } from "../events.ts";

/** How the pictures of ImageNet lie, by which most models of others were trained: torchvision's transforms, 0 to 1. */
const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
/** Share of the learning rate that the blocks furthest from the tasks have. */
const FURTHEST_RATE = 0.2;
/** Blocks of a foreign graph, roughly: each of its convolutions counts. */
const MOST_BLOCKS = 40;

/** What a recipe says of the model that it starts from. */
export interface StartModel {
  readonly from: Readonly<Record<string, unknown>>;
  /** Absent: the file's graph is the backbone. */
  readonly backbone?: BackboneSpec;
  readonly standardize?: number;
  /** What pictures must look like; sides where the graph fixes them. */
  readonly colours: Pick<Preprocessing, "color" | "scale" | "mean" | "std">;
  readonly width?: number;
  readonly height?: number;
  readonly note: TrainingNote;
}

/** Looks into a model's file: one of Fovea by its card and the names of its weights, any other by its graph. */
export async function startModel(
  path: string,
  { features, freeze }: { features?: string | undefined; freeze?: readonly string[] | undefined },
): Promise<StartModel> {
  const file = resolve(path);
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw errors["start-file"](
      { file, expected: "a file that can be read", received: (cause as Error).message },
      { cause },
    );
  });
  const graph = readOnnx(bytes);
  const backbone = graph.metadata[CARD_KEY] === undefined || features !== undefined ? undefined : backboneIn(graph);
  const blocks = graph.nodes.filter(({ op }) => op === "Conv" || op === "Gemm").length;
  const rate_decay = Number(
    (FURTHEST_RATE ** (1 / Math.min(MOST_BLOCKS, Math.max(1, blocks / (backbone ? 3 : 1))))).toFixed(3),
  );
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const from = { file, sha256, ...(freeze?.length ? { freeze: [...freeze] } : {}), rate_decay };
  if (backbone) {
    const { preprocessing, name } = readCard(graph, file);
    const { color, scale, mean, std } = preprocessing;
    const standardize = standardizedBy(graph);
    return {
      from,
      backbone,
      ...(standardize === undefined ? {} : { standardize }),
      colours: { color, scale, mean, std },
      note: {
        what: "start",
        value: name,
        why: "its backbone goes on to learn, the tasks begin anew; colours as it knows them",
      },
    };
  }
  const foreign = foreignBackbone(graph, { file, features });
  const found = foreign.graph.outputs[0]!.name;
  const isGray = foreign.channels === 1;
  return {
    from: { ...from, features: found },
    colours: isGray
      ? { color: "gray", scale: 1 / 255, mean: [0.5], std: [0.25] }
      : { color: "rgb", scale: 1 / 255, ...imagenet },
    ...(foreign.width === undefined ? {} : { width: foreign.width }),
    ...(foreign.height === undefined ? {} : { height: foreign.height }),
    note: {
      what: "start",
      value: `the graph of ${path} up to "${found}"`,
      why: `the file does not say what its pictures must look like: ${isGray ? "gray, 0 to 1" : "RGB by ImageNet's mean and deviation"} is assumed; mend preprocessing in the recipe where it is other`,
    },
  };
}
