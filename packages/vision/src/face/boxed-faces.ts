import { fivePointsInBox } from "../data/five-points.ts";
import type { Box, Image, Point } from "../image/image.ts";
import type { LoadOptions, ModelBytes } from "../model/load.ts";
import { openReader } from "./reader.ts";
import { type Face, type FaceOptions, facePointNames, type Told } from "./types.ts";

/** Reads faces whose boxes are known. */
export interface BoxedFaceReader {
  readonly told: readonly Told[];
  /** The face in each box, in their order; boxes as `analyze` tells them: from brow to chin, 1.6 by 1.96 sizes of the face. */
  read(image: Image, boxes: readonly Box[], options?: Pick<FaceOptions, "eyes" | "signal">): Promise<readonly Face[]>;
  dispose(): Promise<void>;
}

/**
 * Opens a reader of faces without a detector before it. Each face is cut out level, as its box has it, and where the
 * landmarks that the reader sees lie otherwise once more by these, as in the pipeline.
 */
export async function createBoxedFaceReader({
  reader,
  ...options
}: LoadOptions & { readonly reader: ModelBytes }): Promise<BoxedFaceReader> {
  const opened = await openReader(reader, options);
  return {
    told: opened.told,
    async read(image, boxes, { eyes = true, signal } = {}) {
      const supposed = boxes.map(fivePointsInBox);
      const read = await opened.read(image, supposed, { eyes, ...(signal ? { signal } : {}) });
      return boxes.map((box, index): Face => {
        const { five = supposed[index]!, ...readings } = read[index] ?? { readings: {}, values: {}, eyes: {} };
        const named = Object.fromEntries(facePointNames.map((name, at) => [name, five[at] as Point]));
        return { box, score: 1, points: named as Face["points"], ...readings };
      });
    },
    dispose: () => opened.dispose(),
  };
}
