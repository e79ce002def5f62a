import type { Random } from "../augment/random.ts";
import { type Affine, applyAffine, invertAffine } from "../image/affine.ts";
import { channelsOf, type Image } from "../image/image.ts";
import { warpAffine } from "../image/warp.ts";

/** How the edge of a patch goes over into the scene; positions run from -1 to 1 across the patch. */
export type PatchEdge = (u: number, v: number) => number;

/** Soft ovals mostly, sometimes rectangles, soft or hard: posters and screens exist too. */
export function randomEdge(random: Random): PatchEdge {
  const kind = random.uniform();
  if (kind < 0.65) {
    const exponent = random.uniform(2, 5);
    const feather = 2 * random.uniform(0.04, 0.22);
    // Every such oval holds the circle of its radius, and powers cost: inside of it there is nothing to work out.
    const full = (1 - feather) ** 2;
    return (u, v) =>
      u * u + v * v <= full
        ? 1
        : ramp((1 - (Math.abs(u) ** exponent + Math.abs(v) ** exponent) ** (1 / exponent)) / feather);
  }
  const feather = kind < 0.85 ? 2 * random.uniform(0.03, 0.15) : 1e-3;
  return (u, v) => ramp((1 - Math.max(Math.abs(u), Math.abs(v))) / feather);
}

const ramp = (value: number): number => (value <= 0 ? 0 : value >= 1 ? 1 : value * value * (3 - 2 * value));

export interface PasteOptions {
  /** From pixels of the patch to pixels of the scene. */
  readonly matrix: Affine;
  readonly edge: PatchEdge;
  /** How far the colour of the patch's rim moves to that of the scene around it, 0 to 1. */
  readonly blend: number;
}

/** No patch is shifted further than this towards the colour of its surroundings: skin would get their tint. */
const maximumShift = 60;

/** Lays a patch into a scene, in place. Both have the same colour order; parts outside the scene are lost. */
export function paste(scene: Image, patch: Image, { matrix, edge, blend }: PasteOptions): void {
  const { left, top, width, height } = boundsOf(scene, patch, matrix);
  if (width <= 0 || height <= 0) return;
  const [a, b, c, d, e, f] = invertAffine(matrix);
  const inverse: Affine = [a, b, c + a * left + b * top, d, e, f + d * left + e * top];
  const warped = warpAffine(patch, inverse, { width, height });
  const alpha = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const u = (2 * (inverse[0] * (x + 0.5) + inverse[1] * (y + 0.5) + inverse[2])) / patch.width - 1;
      const v = (2 * (inverse[3] * (x + 0.5) + inverse[4] * (y + 0.5) + inverse[5])) / patch.height - 1;
      alpha[i] = Math.abs(u) < 1 && Math.abs(v) < 1 ? edge(u, v) : 0;
    }
  }
  const channels = channelsOf(scene.order);
  const shift = rimShift(scene, warped, alpha, { left, top, blend });
  for (let y = 0, i = 0; y < height; y++) {
    let at = ((top + y) * scene.width + left) * channels;
    for (let x = 0; x < width; x++, i++) {
      const weight = alpha[i]!;
      for (let k = 0; k < channels; k++, at++) {
        if (weight === 0) continue;
        const value = Math.min(255, Math.max(0, warped.data[i * channels + k]! + shift[k]!));
        scene.data[at] = scene.data[at]! + weight * (value - scene.data[at]!) + 0.5;
      }
    }
  }
}

/** The pixels of the scene that the patch covers, as a box with whole numbers. */
function boundsOf(scene: Image, { width, height }: Image, matrix: Affine) {
  const corners = applyAffine(matrix, [
    [0, 0],
    [width, 0],
    [0, height],
    [width, height],
  ]);
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const left = Math.max(0, Math.floor(Math.min(...xs)));
  const top = Math.max(0, Math.floor(Math.min(...ys)));
  return {
    left,
    top,
    width: Math.min(scene.width, Math.ceil(Math.max(...xs))) - left,
    height: Math.min(scene.height, Math.ceil(Math.max(...ys))) - top,
  };
}

/** How far each channel of the patch moves: `blend` of the way from its own mean to the scene's along the soft rim. */
function rimShift(
  scene: Image,
  warped: Image,
  alpha: Float32Array,
  { left, top, blend }: { left: number; top: number; blend: number },
): number[] {
  const channels = channelsOf(scene.order);
  const difference = new Array<number>(channels).fill(0);
  let count = 0;
  for (let i = 0; i < alpha.length; i++) {
    if (alpha[i]! <= 0.02 || alpha[i]! >= 0.7) continue;
    const at = ((top + Math.floor(i / warped.width)) * scene.width + left + (i % warped.width)) * channels;
    for (let k = 0; k < channels; k++) difference[k]! += scene.data[at + k]! - warped.data[i * channels + k]!;
    count++;
  }
  return difference.map((sum) => {
    const shift = count === 0 ? 0 : (blend * sum) / count;
    return Math.min(maximumShift, Math.max(-maximumShift, shift));
  });
}
