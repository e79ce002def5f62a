import type { Face, Point, Reading } from "@foveajs/vision";

/** A face as a mirror shows it in a picture of this width: its places, and what is told of left and right. */
export function mirrored(face: Face, width: number): Face {
  const over = ([x, y]: Point): Point => [width - x, y];
  const { box, points, landmarks, readings, eyes } = face;
  return {
    ...face,
    box: { ...box, x: width - box.x - box.width },
    points: {
      left_eye: over(points.right_eye),
      right_eye: over(points.left_eye),
      nose: over(points.nose),
      left_mouth: over(points.right_mouth),
      right_mouth: over(points.left_mouth),
    },
    ...(landmarks ? { landmarks: landmarks.map(over) } : {}),
    readings: mapValues(readings, sidesSwapped),
    eyes: mapValues(eyes, ({ left, right }) => ({ left: right, right: left })),
  };
}

function sidesSwapped({ label, scores }: Reading): Reading {
  const swapped = Object.entries(scores).map(([name]) => [name, scores[otherSide(name)] ?? scores[name]!] as const);
  return { label: otherSide(label) in scores ? otherSide(label) : label, scores: Object.fromEntries(swapped) };
}

const otherSide = (label: string): string =>
  label.replace(/left|right/, (side) => (side === "left" ? "right" : "left"));

const mapValues = <From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
