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
  derived: z
    .record(z.string(), z.string())
    .optional()
    .describe("of the numbers above that nobody measured: what they were worked out from, by name"),
});

export type FaceResult = z.output<typeof faceSchema>;

/** A face in hundredths of a pixel and of a per cent, as more digits would be noise. */
export function faceResult({ box, score, points, landmarks, readings, values, eyes, derived }: Face): FaceResult {
  // what a value that is not told was worked out from is not told either
  const origins = Object.entries(derived ?? {}).filter(([name]) => name in values);
  return {
    box: { x: round(box.x), y: round(box.y), width: round(box.width), height: round(box.height) },
    score: round(score, 10_000),
    points: mapValues(points, place) as FaceResult["points"],
    ...(landmarks ? { landmarks: landmarks.map(place) } : {}),
    ...mapValues(readings, rounded),
    ...mapValues(values, (value) => round(value, 10_000)),
    ...mapValues(eyes, ({ left, right }) => ({ left: rounded(left), right: rounded(right) })),
    ...(origins.length > 0 ? { derived: Object.fromEntries(origins) } : {}),
  };
}

/** A face with only those of its readings, values and landmarks whose names are in `only`. */
export function withOnly({ landmarks, ...face }: Face, only: ReadonlySet<string>): Face {
  const kept = <Value>(record: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => only.has(name)));
  return {
    ...face,
    ...(landmarks && only.has("landmarks") ? { landmarks } : {}),
    readings: kept(face.readings),
    values: kept(face.values),
    eyes: kept(face.eyes),
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
