import type { Face } from "@foveajs/vision";

/** A face without the readings of these names. */
export function withoutReadings(face: Face, names: ReadonlySet<string>): Face {
  if (names.size === 0) return face;
  const kept = <Value>(record: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(record).filter(([name]) => !names.has(name)));
  return { ...face, readings: kept(face.readings), values: kept(face.values), eyes: kept(face.eyes) };
}
