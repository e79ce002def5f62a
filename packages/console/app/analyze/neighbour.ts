import type { Box } from "@foveajs/vision";

export type Direction = "left" | "right" | "up" | "down";

/** Which way each direction leads: x to the right, y down. */
const ways: Readonly<Record<Direction, readonly [number, number]>> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  down: [0, 1],
};

/** How much dearer a step to the side is than one ahead. */
const ASIDE = 2;

/** The box that one meets first when one goes from a box into a direction, by their middles; the box itself where there is none. */
export function neighbour(boxes: readonly Box[], from: number, direction: Direction): number {
  const [dx, dy] = ways[direction];
  const [x, y] = middle(boxes[from]!);
  let [best, least] = [from, Number.POSITIVE_INFINITY];
  boxes.forEach((box, index) => {
    const [ox, oy] = middle(box);
    const ahead = (ox - x) * dx + (oy - y) * dy;
    const aside = Math.abs((ox - x) * dy) + Math.abs((oy - y) * dx);
    // within the cone of this direction, so that no arrow leads mainly elsewhere
    if (index === from || ahead <= 0 || aside > ahead * ASIDE) return;
    const price = ahead + aside * ASIDE;
    if (price < least) [best, least] = [index, price];
  });
  return best;
}

const middle = ({ x, y, width, height }: Box): readonly [number, number] => [x + width / 2, y + height / 2];
