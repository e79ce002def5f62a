import { gaussianBlur } from "../augment/blur.ts";
import { jpeg } from "../augment/jpeg.ts";
import { lookup } from "../augment/lookup.ts";
import { noise } from "../augment/noise.ts";
import type { Random } from "../augment/random.ts";
import { convertColor } from "../image/color.ts";
import type { Image } from "../image/image.ts";
import { resize } from "../image/resize.ts";

/** How often a scene is damaged in each way, 0 to 1. */
export interface Damage {
  readonly gray: number;
  readonly blur: number;
  readonly shrink: number;
  readonly noise: number;
  readonly jpeg: number;
}

/** For scenes with pasted faces: strong enough that all of the scene seems to come from one camera. */
export const pastedDamage: Damage = { gray: 0.3, blur: 0.35, shrink: 0.2, noise: 0.6, jpeg: 0.7 };

/** For photographs, which bring blur, noise and compression of their own. */
export const photographDamage: Damage = { gray: 0.2, blur: 0.15, shrink: 0.15, noise: 0.25, jpeg: 0.2 };

/**
 * Light, colour, sharpness, noise and compression of a whole scene, drawn anew each time. Applied after everything was
 * laid into the scene, so that all of it went through the same camera; sizes and places stay.
 */
export function degradeScene(scene: Image, random: Random, damage: Damage): Image {
  const contrast = random.uniform(0.65, 1.25);
  const brightness = random.uniform(-35, 35);
  const gains = [0, 1, 2].map(() => contrast * random.uniform(0.88, 1.12));
  let image = lookup(scene, (byte, channel) => (byte - 128) * gains[channel]! + 128 + brightness);
  // Gray scenes go through the rest with one channel: a third of the work, and noise and compression without colour.
  if (random.chance(damage.gray)) image = convertColor(image, "gray");
  if (random.chance(damage.blur)) image = gaussianBlur(image, random.uniform(0.3, 1.6));
  if (random.chance(damage.shrink)) image = shrinkAndGrow(image, random.uniform(0.45, 0.9));
  if (random.chance(damage.noise)) image = noise(image, random, { sigma: [1, 12] });
  if (random.chance(damage.jpeg)) image = jpeg(image, random, { quality: [35, 95] });
  return convertColor(image, scene.order);
}

function shrinkAndGrow(image: Image, scale: number): Image {
  const { width, height } = image;
  const small = resize(image, {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  });
  return resize(small, { width, height });
}
