import type { Random } from "../augment/random.ts";
import { type Affine, applyAffine } from "../image/affine.ts";
import { crop } from "../image/crop.ts";
import type { Box, Image, Point } from "../image/image.ts";
import { resize } from "../image/resize.ts";
import { boxOfFivePoints, faceGeometry } from "./five-points.ts";
import { paste, randomEdge } from "./paste.ts";
import { areaOf, intersect, type Scene, type SceneFace } from "./scene-types.ts";

/** A picture of one face with its five points, which fills most of it. */
export interface FaceCutout {
  readonly image: Image;
  readonly points: readonly Point[];
}

/** What is laid into a scene by chance; pictures are drawn by the caller. */
export interface ComposeSources {
  face(random: Random): Promise<FaceCutout>;
  /** A picture without a face. */
  background(random: Random): Promise<Image>;
}

/** How often 0, 1, ... 6 faces are laid into a scene. */
const faceCountChances = [0.2, 0.25, 0.2, 0.13, 0.1, 0.07, 0.05];
/** Pasted faces are at least this large, in pixels: below it a cut-out face cannot be told from a blot. */
const smallestPasted = 14;
const largestPasted = 190;
/** A source is enlarged by at most this factor: blur must not come to mean "large". */
const maximumEnlargement = 1.6;

/**
 * Lays faces and distractors (pieces without a face, through the very same paste, so that an edge does not mean "face")
 * into a scene, in place, beside the faces and ignored places that it has.
 */
export async function composeScene(scene: Scene, sources: ComposeSources, random: Random): Promise<Scene> {
  const { image } = scene;
  const count = pickWeighted(random, faceCountChances);
  const taken = [...scene.faces.map(({ box }) => box), ...scene.ignore];
  // Distractors come first: a face may lie over one, never the other way round.
  const distractors = random.integer(count + 3);
  for (let i = 0; i < distractors; i++) await pasteDistractor(image, taken, sources, random);
  const faces: SceneFace[] = [];
  for (let i = 0; i < count; i++) {
    const cutout = await sources.face(random);
    const face = pasteFace(image, taken, cutout, random);
    if (face === undefined) continue;
    faces.push(face);
    taken.push(face.box);
  }
  return { ...scene, faces: [...scene.faces, ...faces] };
}

function pasteFace(
  scene: Image,
  taken: readonly Box[],
  { image, points }: FaceCutout,
  random: Random,
): SceneFace | undefined {
  const part = partOf(image, points, random);
  const moved = points.map(([x, y]): Point => [x - part.x, y - part.y]);
  const sourceSize = Math.sqrt(areaOf(boxOfFivePoints(moved)));
  const largest = Math.min(largestPasted, 0.8 * scene.width, maximumEnlargement * sourceSize);
  const scale = logUniform(random, smallestPasted, Math.max(smallestPasted, largest)) / sourceSize;
  const scaled = scaleTo(crop(image, part), scale);
  // Axes are rounded to whole pixels each by itself; points follow the true scales.
  const scaledPoints = moved.map(
    ([x, y]): Point => [(x * scaled.width) / part.width, (y * scaled.height) / part.height],
  );
  const angle = randomAngle(random);
  for (let attempt = 0; attempt < 8; attempt++) {
    const matrix = placement(scaled, angle, random.uniform(0, scene.width), random.uniform(0, scene.height));
    const placed = applyAffine(matrix, scaledPoints);
    const box = boxOfFivePoints(placed);
    if (!isFree(scene, taken, box)) continue;
    paste(scene, scaled, { matrix, edge: randomEdge(random), blend: random.uniform(0, 0.6) });
    return { box, points: placed, origin: "pasted" };
  }
  return undefined;
}

/** The picture without up to 12 % of each side, but never less than 0.75 s around the face. */
function partOf({ width, height }: Image, points: readonly Point[], random: Random): Box {
  const { middle, size } = faceGeometry(points);
  const keep = 0.75 * size;
  const cut = (span: number, room: number) => Math.round(Math.max(0, Math.min(random.uniform(0, 0.12) * span, room)));
  const left = cut(width, middle[0] - keep);
  const top = cut(height, middle[1] - keep);
  const right = cut(width, width - middle[0] - keep);
  const bottom = cut(height, height - middle[1] - keep);
  return { x: left, y: top, width: width - left - right, height: height - top - bottom };
}

async function pasteDistractor(
  scene: Image,
  taken: readonly Box[],
  sources: ComposeSources,
  random: Random,
): Promise<void> {
  const source = random.chance(0.6)
    ? randomPiece(await sources.background(random), random)
    : borderStrip(await sources.face(random), random);
  if (source === undefined) return;
  const side = logUniform(random, smallestPasted, 0.5 * scene.width);
  const scale = Math.min(side / Math.sqrt(source.width * source.height), maximumEnlargement);
  const scaled = scaleTo(source, scale);
  for (let attempt = 0; attempt < 4; attempt++) {
    const [x, y] = [random.uniform(0, scene.width), random.uniform(0, scene.height)];
    const matrix = placement(scaled, randomAngle(random), x, y);
    const reach = Math.hypot(scaled.width, scaled.height) / 2;
    const box = { x: x - reach, y: y - reach, width: 2 * reach, height: 2 * reach };
    if (taken.some((other) => overlaps(box, other))) continue;
    paste(scene, scaled, { matrix, edge: randomEdge(random), blend: random.uniform(0, 0.6) });
    return;
  }
}

/** A piece with the proportions of a face, a sixteenth of the picture or more. */
function randomPiece(image: Image, random: Random): Image {
  const aspect = random.uniform(0.7, 1.1);
  const height = Math.max(4, Math.round(random.uniform(0.25, 0.9) * Math.min(image.height, image.width / aspect)));
  const width = Math.max(4, Math.round(height * aspect));
  return crop(image, {
    x: Math.floor(random.uniform(0, Math.max(1, image.width - width))),
    y: Math.floor(random.uniform(0, Math.max(1, image.height - height))),
    width,
    height,
  });
}

/** What is beside the face in its picture: hair, neck, background; undefined where there is next to nothing. */
function borderStrip({ image, points }: FaceCutout, random: Random): Image | undefined {
  const box = boxOfFivePoints(points);
  const right = Math.ceil(box.x + box.width);
  const strip = random.chance(0.5)
    ? { x: 0, y: 0, width: Math.floor(box.x), height: image.height }
    : { x: right, y: 0, width: image.width - right, height: image.height };
  if (strip.width < 6) return undefined;
  const height = Math.max(6, Math.min(image.height, Math.round(strip.width * random.uniform(1, 2))));
  return crop(image, { ...strip, y: Math.floor(random.uniform(0, image.height - height)), height });
}

/** A patch turned about its middle, which comes to (x, y). */
function placement({ width, height }: Image, angle: number, x: number, y: number): Affine {
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  return [
    cosine,
    -sine,
    x - (cosine * width - sine * height) / 2,
    sine,
    cosine,
    y - (sine * width + cosine * height) / 2,
  ];
}

const isFree = (scene: Image, taken: readonly Box[], box: Box): boolean =>
  box.x >= 0 &&
  box.y >= 0 &&
  box.x + box.width <= scene.width &&
  box.y + box.height <= scene.height &&
  !taken.some((other) => overlaps(grown(box), other));

/** With what a paste covers beyond the face itself. */
const grown = ({ x, y, width, height }: Box): Box => ({
  x: x - 0.15 * width,
  y: y - 0.15 * height,
  width: 1.3 * width,
  height: 1.3 * height,
});

const overlaps = (a: Box, b: Box): boolean => {
  const shared = intersect(a, b);
  return shared.width > 0 && shared.height > 0;
};

/** Mostly nearly upright, now and then far tilted, in radians. */
const randomAngle = (random: Random): number =>
  ((random.chance(0.15) ? random.uniform(-46, 46) : random.normal(0, 10)) * Math.PI) / 180;

const scaleTo = (image: Image, scale: number): Image =>
  resize(image, {
    width: Math.max(2, Math.round(image.width * scale)),
    height: Math.max(2, Math.round(image.height * scale)),
  });

/** A number whose logarithm is drawn evenly. */
export const logUniform = (random: Random, low: number, high: number): number =>
  Math.exp(random.uniform(Math.log(low), Math.log(high)));

/** An index, each drawn with its weight. */
export function pickWeighted(random: Random, weights: readonly number[]): number {
  let left = random.uniform(
    0,
    weights.reduce((sum, weight) => sum + weight, 0),
  );
  const index = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return index < 0 ? weights.length - 1 : index;
}
