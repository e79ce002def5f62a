import { type Box, type Face, overlapOf } from "@foveajs/vision";

/** A face of a stream that keeps its number from one frame to the next. */
export interface Track {
  readonly number: number;
  readonly face: Face;
  /** Frames since it was last found; it is kept for a few, as detectors miss now and then. */
  readonly missed: number;
}

/** Overlap of two boxes (intersection over union) from which they are one face in two frames. */
const SAME = 0.3;
/** Frames for which a face that is not found keeps its number. */
const PATIENCE = 8;

/** Numbers the faces of a frame: those of the last keep theirs by the overlap of their boxes, new ones take the lowest that is free. */
export function follow(tracks: readonly Track[], faces: readonly Face[]): readonly Track[] {
  const pairs = tracks
    .flatMap((track) => faces.map((face) => ({ track, face, overlap: overlapOf(track.face.box, face.box) })))
    .filter(({ overlap }) => overlap >= SAME)
    .sort((a, b) => b.overlap - a.overlap);
  const numbers = new Map<Face, number>();
  const kept = new Set<Track>();
  for (const { track, face } of pairs) {
    if (numbers.has(face) || kept.has(track)) continue;
    numbers.set(face, track.number);
    kept.add(track);
  }
  const lost = tracks
    .filter((track) => !kept.has(track) && track.missed < PATIENCE)
    .map((track) => ({ ...track, missed: track.missed + 1 }));
  const taken = new Set([...numbers.values(), ...lost.map(({ number }) => number)]);
  const found = faces.map((face): Track => {
    const number = numbers.get(face) ?? lowestFree(taken);
    taken.add(number);
    return { number, face, missed: 0 };
  });
  return [...found, ...lost].sort((a, b) => a.number - b.number);
}

function lowestFree(taken: ReadonlySet<number>): number {
  for (let number = 1; ; number++) if (!taken.has(number)) return number;
}

/** The tracks that the last frame showed. */
export const seen = (tracks: readonly Track[]): readonly Track[] => tracks.filter(({ missed }) => missed === 0);

/** The side of a box, to tell the nearest face by. */
export const areaOf = ({ width, height }: Box): number => width * height;
