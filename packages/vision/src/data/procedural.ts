import type { Random } from "../augment/random.ts";
import type { Image } from "../image/image.ts";
import { resize } from "../image/resize.ts";

/** A made background: smooth colours, sometimes with stripes or a grid, so that plain and regular places occur. */
export function proceduralBackground(size: number, random: Random): Image {
  const smooth = resize(coarse(random), { width: size, height: size, filter: "bicubic" });
  if (random.chance(0.4)) return smooth;
  const period = random.uniform(4, size / 4);
  const duty = random.uniform(0.1, 0.6);
  const [angle, strength] = [random.uniform(0, Math.PI), random.uniform(-80, 80)];
  const [stepX, stepY] = [Math.cos(angle) / period, Math.sin(angle) / period];
  const isGrid = random.chance(0.5);
  const data = new Uint8ClampedArray(smooth.data);
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at += 3) {
      const isLine = fraction(x * stepX + y * stepY) < duty || (isGrid && fraction(x * stepY - y * stepX) < duty);
      if (!isLine) continue;
      for (let k = 0; k < 3; k++) data[at + k] = data[at + k]! + strength;
    }
  }
  return { ...smooth, data: new Uint8Array(data.buffer) };
}

/** A few pixels of random colour, which become clouds when they are enlarged. */
function coarse(random: Random): Image {
  const side = 2 + random.integer(12);
  const base = [0, 1, 2].map(() => random.uniform(20, 235));
  const spread = random.uniform(0, 60);
  const data = Uint8ClampedArray.from({ length: side * side * 3 }, (_, i) => random.normal(base[i % 3], spread));
  return { width: side, height: side, order: "rgb", data: new Uint8Array(data.buffer) };
}

const fraction = (value: number): number => value - Math.floor(value);
