import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRandom } from "../augment/random.ts";
import type { Image } from "../image/image.ts";
import { pickBySize, spanAround, tilesOf } from "./scene-layout.ts";
import { cutTile } from "./scene-tile.ts";
import type { LabelledBox } from "./types.ts";

// A black picture with a white face whose two eyes are red (left) and blue (right).
const face: LabelledBox = {
  box: { x: 40, y: 30, width: 40, height: 48 },
  points: [
    [50, 45],
    [70, 45],
    [60, 55],
    [52, 66],
    [68, 66],
  ],
  kind: "face",
};
function picture(): Image {
  const image: Image = { width: 160, height: 120, order: "rgb", data: new Uint8Array(160 * 120 * 3) };
  const fill = (x0: number, y0: number, side: number, high: number, color: number[]) => {
    for (let y = y0; y < y0 + high; y++) for (let x = x0; x < x0 + side; x++) image.data.set(color, (y * 160 + x) * 3);
  };
  fill(40, 30, 40, 48, [255, 255, 255]);
  fill(46, 41, 8, 8, [255, 0, 0]);
  fill(66, 41, 8, 8, [0, 0, 255]);
  return image;
}
const at = ({ data, width }: Image, x: number, y: number) => [
  ...data.subarray((Math.floor(y) * width + Math.floor(x)) * 3).subarray(0, 3),
];

test("box and points follow the pixels through cut, scale and flip", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -60, max: 35 }),
      fc.integer({ min: -60, max: 25 }),
      fc.integer({ min: 50, max: 160 }),
      fc.integer({ min: 60, max: 200 }),
      fc.boolean(),
      (x, y, room, side, flip) => {
        const from = { x, y, width: Math.max(room, 85 - x), height: Math.max(room, 83 - y) };
        const options = { from, width: side, height: side, flip, minimumFace: 1 };
        const { image, faces, ignore } = cutTile(picture(), [face], options);
        assert.deepEqual([image.width, image.height, faces.length, ignore.length], [side, side, 1, 0]);
        const { box, points = [] } = faces[0]!;
        // Left stays left in the picture after a flip: the other eye has its colour now.
        const [left, right] = flip
          ? [
              [0, 0, 255],
              [255, 0, 0],
            ]
          : [
              [255, 0, 0],
              [0, 0, 255],
            ];
        const near = (received: number[], expected: number[]) =>
          received.every((value, k) => Math.abs(value - expected[k]!) < 100);
        assert.ok(near(at(image, ...(points[0] as [number, number])), left!), "left eye");
        assert.ok(near(at(image, ...(points[1] as [number, number])), right!), "right eye");
        // A fifth inside every edge is face, three pixels outside is not.
        assert.ok(at(image, box.x + box.width / 2, box.y + box.height * 0.95)[1]! > 100);
        if (box.x > 4) assert.ok(at(image, box.x - 3, box.y + box.height / 2)[1]! < 100);
        if (box.y > 4) assert.ok(at(image, box.x + box.width / 2, box.y - 3)[1]! < 100);
      },
    ),
  );
});

const cut = (boxes: LabelledBox[], width: number, minimumFace = 1) =>
  cutTile(picture(), boxes, { from: { x: 0, y: 0, width, height: 120 }, width, height: 120, flip: false, minimumFace });

test("a face that is mostly outside is ignored there, one almost gone is background, a cut one is clipped", () => {
  assert.deepEqual(cut([face], 65).faces[0]!.box, { x: 40, y: 30, width: 25, height: 48 }); // 62 % seen
  const half = cut([face], 60);
  assert.deepEqual([half.faces, half.ignore], [[], [{ x: 40, y: 30, width: 20, height: 48 }]]);
  const trace = cut([face], 43);
  assert.deepEqual([trace.faces, trace.ignore], [[], []]);
});

test("hard, ignored and tiny faces are ignored", () => {
  const box = face.box;
  assert.deepEqual(
    cut(
      [
        { box, kind: "hard" },
        { box, kind: "ignore" },
      ],
      160,
    ).ignore,
    [box, box],
  );
  assert.equal(cut([face], 160, 50).ignore.length, 1);
});

test("tiles cover the square once", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 64, max: 320 }), fc.nat(), (perSide, size, seed) => {
      const covered = new Uint8Array(size * size);
      for (const { x, y, width, height } of tilesOf(size, perSide, createRandom(seed))) {
        for (let row = y; row < y + height; row++) {
          for (let column = x; column < x + width; column++) covered[row * size + column]!++;
        }
      }
      assert.ok(covered.every((count) => count === 1));
    }),
    { numRuns: 25 },
  );
});

test("a span stays in the picture and, mostly, keeps the face whole", () => {
  let whole = 0;
  for (let seed = 0; seed < 1000; seed++) {
    const random = createRandom("span", seed);
    const { start, length } = spanAround(120, 300, { start: 200, length: 60 }, random);
    assert.ok(start >= 0 && start + length <= 300 && length === 120);
    if (start <= 200 && start + length >= 260) whole++;
    const longer = spanAround(400, 300, { start: 200, length: 60 }, random);
    assert.ok(longer.start <= 0 && longer.start + longer.length >= 300);
  }
  assert.ok(whole > 850 && whole < 1000, `${whole}`);
});

test("sizes are picked from the range, and from its neighbourhood where it is empty", () => {
  const sorted = [1, 2, 3, 10, 11].map((size) => ({ size }));
  const found = new Set(Array.from({ length: 50 }, (_, i) => pickBySize(sorted, 2, 10.5, createRandom(i)).size));
  assert.deepEqual(
    [...found].sort((a, b) => a - b),
    [2, 3, 10],
  );
  assert.equal(pickBySize(sorted, 50, 60, createRandom(0)).size, 11);
  assert.equal(pickBySize(sorted, 5, 6, createRandom(0)).size, 10);
});
