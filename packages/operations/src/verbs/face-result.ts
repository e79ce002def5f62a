import { type Face, facePointNames, type Point, type Reading } from "@foveajs/vision";
import { z } from "zod";

const readingSchema = z.object({ label: z.string(), scores: z.record(z.string(), z.number().min(0).max(1)) });
const point = z.tuple([z.number(), z.number()]);

/** One face as `analyze` tells it. A reader of one's own may tell more, under the names of its tasks. */
export const faceSchema = z.looseObject({
  box: z
    .object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
    .describe("pixels of the upright image, origin top left; may reach over the edge"),
  score: z.number().min(0).max(1).describe("confidence that this is a face"),
  points: z.record(z.enum(facePointNames), point).describe("[x, y]; left is image left"),
  landmarks: z.array(point).optional().describe("the 68 points of iBUG/300-W, [x, y]"),
  expression: readingSchema.optional().describe("displayed expression, not felt emotion; calibrated probabilities"),
  valence: z.number().optional().describe("-1 to 1, derived from displayed expressions by a table, not measured"),
  arousal: z.number().optional().describe("-1 to 1, derived from displayed expressions by a table, not measured"),
  smile: readingSchema.optional(),
  glasses: readingSchema.optional(),
  head_pose: readingSchema.optional().describe("left means that the nose is to the image left of the eyes' middle"),
  mask: readingSchema.optional(),
  eye: z.object({ left: readingSchema, right: readingSchema }).optional().describe("whether each eye is open"),
});

export type FaceResult = z.output<typeof faceSchema>;

/** A face in hundredths of a pixel and of a per cent, as more digits would be noise; of its readings those in `only`, all when absent. */
export function faceResult(face: Face, only?: ReadonlySet<string>): FaceResult {
  const { box, score, points, landmarks, readings, values, eyes } = face;
  const told = {
    ...(landmarks ? { landmarks: landmarks.map(place) } : {}),
    ...mapValues(readings, rounded),
    ...mapValues(values, (value) => round(value, 10_000)),
    ...mapValues(eyes, ({ left, right }) => ({ left: rounded(left), right: rounded(right) })),
  };
  return {
    box: { x: round(box.x), y: round(box.y), width: round(box.width), height: round(box.height) },
    score: round(score, 10_000),
    points: mapValues(points, place) as FaceResult["points"],
    ...(only ? Object.fromEntries(Object.entries(told).filter(([name]) => only.has(name))) : told),
  };
}

const place = ([x, y]: Point): [number, number] => [round(x), round(y)];

const rounded = ({ label, scores }: Reading): Reading => ({
  label,
  scores: mapValues(scores, (p) => round(p, 10_000)),
});

const mapValues = <From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));

const round = (value: number, parts = 100): number => Math.round(value * parts) / parts;
