import { createRandom, type Image } from "@foveajs/vision";

/** Shapes that are drawn as an example of three classes. */
export const shapes = ["circle", "square", "triangle"] as const;
export type Shape = (typeof shapes)[number];

const SIDE = 64;
/** Corners of the triangle as half-planes: directions of its three sides' normals, in turns. */
const normals = [0.25, 0.25 + 1 / 3, 0.25 + 2 / 3].map((turn) => [
  Math.cos(2 * Math.PI * turn),
  Math.sin(2 * Math.PI * turn),
]) as readonly (readonly [number, number])[];

/** Whether a point (in units of the shape's size, from its centre) lies inside. */
const isInside: Readonly<Record<Shape, (x: number, y: number) => boolean>> = {
  circle: (x, y) => x * x + y * y < 0.8,
  square: (x, y) => Math.abs(x) < 0.8 && Math.abs(y) < 0.8,
  triangle: (x, y) => normals.every(([nx, ny]) => nx * x + ny * y < 0.55),
};

/** Drawing `index` of a shape: of random size, place and colours, turned a little; the same each time. 64 x 64 pixels, RGB. */
export function drawShape(shape: Shape, index: number): Image {
  const random = createRandom("shape", shape, index);
  const [ground, ink] = [random.uniform(150, 230), random.uniform(20, 110)];
  const tint = [0, 1, 2].map(() => random.uniform(-30, 30));
  const size = random.uniform(18, 26);
  const [left, top] = [random.uniform(27, 37), random.uniform(27, 37)];
  const turn = random.uniform(-0.3, 0.3);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const data = new Uint8Array(SIDE * SIDE * 3);
  for (let at = 0; at < SIDE * SIDE; at++) {
    const [x, y] = [((at % SIDE) - left) / size, (Math.floor(at / SIDE) - top) / size];
    const level = isInside[shape](cos * x + sin * y, cos * y - sin * x) ? ink : ground;
    const noise = random.normal(0, 6);
    for (const [channel, shift] of tint.entries())
      data[3 * at + channel] = Math.max(0, Math.min(255, Math.round(level + shift + noise)));
  }
  return { width: SIDE, height: SIDE, order: "rgb", data };
}
