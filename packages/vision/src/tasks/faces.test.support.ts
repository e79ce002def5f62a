import fc from "fast-check";
import type { SceneFace } from "../data/scene-types.ts";
import type { Box, Point } from "../image/image.ts";
import { type Cells, cellsOf } from "./anchors.ts";
import { channelsPerCell, type Detection, detectionSchema } from "./detection-spec.ts";
import type { LevelOutput } from "./detections.ts";
import type { InputSize } from "./task.ts";

export const size: InputSize = { width: 256, height: 256 };
export const spec: Detection = detectionSchema.parse({ kind: "detection", name: "faces" });
export const cells: Cells = cellsOf(size, spec.strides);

export const faceIn = (box: Box, points?: readonly Point[]): SceneFace => ({
  box,
  origin: "photograph",
  ...(points ? { points } : {}),
});

/** Five points inside a box. */
export const pointsIn = ({ x, y, width, height }: Box): Point[] =>
  [
    [0.3, 0.35],
    [0.7, 0.36],
    [0.5, 0.6],
    [0.35, 0.8],
    [0.66, 0.79],
  ].map(([u, v]) => [x + u! * width, y + v! * height]);

/** A face of 16 to 100 pixels anywhere in one square of 128, up to half as high again as wide. */
const faceOfSquare = (left: number, top: number): fc.Arbitrary<SceneFace> =>
  fc
    .record({
      side: fc.double({ min: 16, max: 100, noNaN: true }),
      ratio: fc.double({ min: 1, max: 1.5, noNaN: true }),
      across: fc.double({ min: 0, max: 1, noNaN: true }),
      down: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ side, ratio, across, down }) => {
      const [width, height] = [side / Math.sqrt(ratio), side * Math.sqrt(ratio)];
      const box = { x: left + across * (128 - width), y: top + down * (128 - height), width, height };
      return faceIn(box, pointsIn(box));
    });

/** One to four faces that share no pixel, in the squares of a picture of 256. */
export const apartFaces: fc.Arbitrary<SceneFace[]> = fc
  .tuple(faceOfSquare(0, 0), faceOfSquare(128, 0), faceOfSquare(0, 128), faceOfSquare(128, 128))
  .chain((faces) => fc.subarray(faces, { minLength: 1 }));

/** What a model would give that knows these targets: [positive, weight, box, points, points' weight], all of `encode`. */
export function perfectOutputs(targets: readonly Float32Array[]): (LevelOutput & { readonly data: Float32Array })[] {
  const [positive, , box, points] = targets as [Float32Array, Float32Array, Float32Array, Float32Array];
  const { count } = cells;
  return cells.levels.map(({ first, rows, columns, stride }) => {
    const area = rows * columns;
    const data = new Float32Array(channelsPerCell(spec) * area);
    for (let index = 0; index < area; index++) {
      const cell = first + index;
      const set = (channel: number, value: number) => {
        data[channel * area + index] = value;
      };
      set(0, positive[cell] ? 20 : -20);
      if (!positive[cell]) continue;
      const [x1, y1, x2, y2] = [0, 1, 2, 3].map((corner) => box[corner * count + cell]!) as [
        number,
        number,
        number,
        number,
      ];
      set(1, ((x1 + x2) / 2 - cells.x[cell]!) / stride);
      set(2, ((y1 + y2) / 2 - cells.y[cell]!) / stride);
      set(3, Math.log((x2 - x1) / stride));
      set(4, Math.log((y2 - y1) / stride));
      for (let axis = 0; axis < 2 * spec.points; axis++) {
        const centre = axis % 2 === 0 ? cells.x[cell]! : cells.y[cell]!;
        set(5 + axis, (points[axis * count + cell]! - centre) / stride);
      }
    }
    return { data, rows, columns };
  });
}
