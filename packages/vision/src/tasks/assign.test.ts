import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cellsOf } from "./anchors.ts";
import { assignCells } from "./assign.ts";
import { detectionSchema } from "./detection-spec.ts";
import { apartFaces, cells, faceIn, pointsIn, spec } from "./faces.test.support.ts";

/** Indices of the cells that learn something, and the object that a cell learns. */
const read = ([positive, weight, box, points, pointsWeight]: readonly Float32Array[]) => ({
  positive: [...positive!.keys()].filter((cell) => positive![cell] === 1),
  weight: weight!,
  boxAt: (cell: number) => [0, 1, 2, 3].map((corner) => box![corner * cells.count + cell]!),
  pointsAt: (cell: number) => Array.from({ length: 10 }, (_, axis) => points![axis * cells.count + cell]!),
  pointsWeight: pointsWeight!,
});

test("cells lie at the centres of their squares, level after level; odd sizes are rounded up", () => {
  const { count, x, y, stride, levels } = cellsOf({ width: 20, height: 9 }, [8, 16]);
  assert.deepEqual(levels, [
    { first: 0, columns: 3, rows: 2, stride: 8 },
    { first: 6, columns: 2, rows: 1, stride: 16 },
  ]);
  assert.deepEqual([count, [...x], [...y]], [8, [4, 12, 20, 4, 12, 20, 8, 24], [4, 4, 4, 12, 12, 12, 8, 8]]);
  assert.deepEqual([...stride], [8, 8, 8, 8, 8, 8, 16, 16]);
});

test("every face is learned on every level of its size, near its centre, with its box and points", () => {
  fc.assert(
    fc.property(apartFaces, (faces) => {
      const { positive, weight, boxAt, pointsAt, pointsWeight } = read(assignCells({ faces, ignore: [] }, spec, cells));
      for (const { box, points } of faces) {
        const corners = [box.x, box.y, box.x + box.width, box.y + box.height].map(Math.fround);
        const side = Math.sqrt(box.width * box.height);
        const own = positive.filter((cell) => boxAt(cell).join() === corners.join());
        spec.strides.forEach((stride, level) => {
          const [smallest, largest] = spec.sizes[level]!;
          const onLevel = own.filter((cell) => cells.stride[cell] === stride);
          assert.equal(onLevel.length > 0, side >= smallest && side < largest, `${side} pixels on stride ${stride}`);
          for (const cell of onLevel) {
            const away = Math.hypot(cells.x[cell]! - box.x - box.width / 2, cells.y[cell]! - box.y - box.height / 2);
            assert.ok(away <= 1.5 * stride + 1e-6);
            assert.deepEqual(pointsAt(cell), points!.flat().map(Math.fround));
            assert.equal(pointsWeight[cell], 1);
          }
        });
      }
      assert.ok(weight.every((value) => value === 1));
      assert.ok([...pointsWeight.keys()].every((cell) => pointsWeight[cell] === 0 || positive.includes(cell)));
    }),
    { numRuns: 200 },
  );
});

test("the nearer of two faces has the cell, whichever comes first", () => {
  const one = faceIn({ x: 100, y: 100, width: 24, height: 24 });
  const other = faceIn({ x: 107, y: 103, width: 24, height: 24 });
  for (const faces of [
    [one, other],
    [other, one],
  ]) {
    const { positive, boxAt } = read(assignCells({ faces, ignore: [] }, spec, cells));
    const distance = (cell: number, { box }: typeof one) =>
      Math.hypot(cells.x[cell]! - box.x - 12, cells.y[cell]! - box.y - 12);
    const [mine, others] = [
      positive.filter((cell) => boxAt(cell)[0] === 100),
      positive.filter((cell) => boxAt(cell)[0] === 107),
    ];
    assert.ok(mine.length > 0 && others.length > 0 && mine.length + others.length === positive.length);
    for (const cell of mine) assert.ok(distance(cell, one) <= distance(cell, other));
    for (const cell of others) assert.ok(distance(cell, other) <= distance(cell, one));
  }
});

test("a face without points takes the weight of the points away from the face that it covers", () => {
  const box = { x: 100, y: 100, width: 24, height: 24 };
  const near = { ...box, x: 101 };
  const { positive, boxAt, pointsWeight } = read(
    assignCells({ faces: [faceIn(box, pointsIn(box)), faceIn(near)], ignore: [] }, spec, cells),
  );
  for (const cell of positive) assert.equal(pointsWeight[cell], boxAt(cell)[0] === 100 ? 1 : 0);
  assert.ok(positive.some((cell) => boxAt(cell)[0] === 101));
});

test("cells in ignored places say nothing unless they learn a face", () => {
  const ignored = { x: 64, y: 64, width: 64, height: 64 };
  const { positive, weight } = read(
    assignCells({ faces: [faceIn({ x: 84, y: 84, width: 24, height: 24 })], ignore: [ignored] }, spec, cells),
  );
  assert.ok(positive.length > 0);
  for (let cell = 0; cell < cells.count; cell++) {
    const isInside = [cells.x[cell]! - 64, cells.y[cell]! - 64].every((offset) => offset >= 0 && offset <= 64);
    assert.equal(weight[cell], isInside && !positive.includes(cell) ? 0 : 1, `cell ${cell}`);
  }
});

test("ignored places and faces may reach over every edge of the picture", () => {
  const everything = { x: -50, y: -50, width: 1000, height: 1000 };
  const face = faceIn({ x: -10, y: 240, width: 24, height: 24 });
  const { positive, weight } = read(assignCells({ faces: [face], ignore: [everything] }, spec, cells));
  assert.ok(positive.length > 0);
  assert.deepEqual(
    [...weight.keys()].filter((cell) => weight[cell] === 1),
    positive,
  );
});

test("no label: nothing counts; a label without faces: everything is background", () => {
  for (const [label, expected] of [
    [undefined, 0],
    [{ faces: [], ignore: [] }, 1],
  ] as const) {
    const { positive, weight, pointsWeight } = read(assignCells(label, spec, cells));
    assert.deepEqual(positive, []);
    assert.ok(weight.every((value) => value === expected) && pointsWeight.every((value) => value === 0));
  }
});

test("the shapes are those of the task's targets, with any number of points", () => {
  for (const points of [0, 5, 106]) {
    const other = detectionSchema.parse({ kind: "detection", name: "faces", points });
    const lengths = assignCells({ faces: [], ignore: [] }, other, cells).map(({ length }) => length / cells.count);
    assert.deepEqual(lengths, [1, 1, 4, 2 * points, 1]);
  }
});

// By hand: the face's centre is that of a cell of stride 8; the next four lie 8 pixels away, those on the diagonals 11.3.
test("a larger least radius gives a small face more cells, and a large face the same", () => {
  const wider = detectionSchema.parse({ kind: "detection", name: "faces", least_radius: 1 });
  const small = faceIn({ x: 94, y: 94, width: 12, height: 12 });
  const large = faceIn({ x: 68, y: 68, width: 64, height: 64 });
  const count = (face: typeof small, of: typeof spec) =>
    read(assignCells({ faces: [face], ignore: [] }, of, cells)).positive.length;
  assert.deepEqual([count(small, spec), count(small, wider)], [1, 5]);
  assert.equal(count(large, spec), count(large, wider));
});
