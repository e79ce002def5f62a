import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { filled } from "../ir/tensors.ts";
import { createBuilder } from "../ops/build.ts";
import { drawGraph } from "./draw.ts";
import { placeInLayers } from "./layers.ts";

/** A random graph without cycles: edges go from lower to higher numbers. */
const graphs = fc.integer({ min: 1, max: 24 }).chain((size) =>
  fc.record({
    boxes: fc.array(fc.record({ width: fc.integer({ min: 20, max: 160 }), height: fc.integer({ min: 20, max: 80 }) }), {
      minLength: size,
      maxLength: size,
    }),
    pairs: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: size * 2 }),
  }),
);

test("boxes never overlap, readers stand below makers, everything lies within the drawing, edges end at their boxes", () => {
  fc.assert(
    fc.property(graphs, ({ boxes: sizes, pairs }) => {
      const boxes = sizes.map((size, index) => ({ id: `b${index}`, ...size }));
      const edges = [
        ...new Map(
          pairs
            .filter(([a, b]) => a !== b)
            .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
            .map((pair) => [pair.join(), pair]),
        ).values(),
      ].map(([a, b]) => [`b${a}`, `b${b}`] as const);
      const placed = placeInLayers(boxes, edges);
      const byId = new Map(placed.boxes.map((box) => [box.id, box]));
      for (const [index, a] of placed.boxes.entries()) {
        assert.ok(
          a.x >= -0.01 &&
            a.y >= -0.01 &&
            a.x + a.width <= placed.width + 0.01 &&
            a.y + a.height <= placed.height + 0.01,
        );
        for (const b of placed.boxes.slice(index + 1)) {
          const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
          assert.ok(apart, `${a.id} and ${b.id} overlap`);
        }
      }
      assert.equal(placed.edges.length, edges.length);
      for (const { from, to, points } of placed.edges) {
        const [maker, reader] = [byId.get(from)!, byId.get(to)!];
        assert.ok(maker.y + maker.height < reader.y, `${from} is not above ${to}`);
        const near = (value: number, expected: number) =>
          assert.ok(Math.abs(value - expected) < 0.01, `${from} to ${to}`);
        near(points[0]![0], maker.x + maker.width / 2);
        near(points[0]![1], maker.y + maker.height);
        near(points.at(-1)![0], reader.x + reader.width / 2);
        near(points.at(-1)![1], reader.y);
      }
    }),
    { numRuns: 150 },
  );
});

test("a chain is one straight line, and a branch beside it too", () => {
  const boxes = ["a", "b", "c", "d", "e"].map((id, index) => ({ id, width: 40 + 20 * index, height: 30 }));
  const { boxes: placed, edges } = placeInLayers(boxes, [
    ["a", "b"],
    ["b", "c"],
    ["c", "d"],
    ["d", "e"],
    ["b", "e"],
  ]);
  const middle = (id: string) => placed.find((box) => box.id === id)!;
  const x = (id: string) => middle(id).x + middle(id).width / 2;
  assert.equal(x("a"), x("b"));
  assert.equal(x("c"), x("d"));
  const branch = edges.find(({ from, to }) => from === "b" && to === "e")!.points.slice(1, -1);
  assert.equal(new Set(branch.map(([place]) => place.toFixed(6))).size, 1);
});

test("a drawing: one box for a convolution with its activation, shapes, marks, escaped names; the same text again", () => {
  const build = createBuilder({ name: "<made>" });
  const x = build.input("image & more", [1, 3, 8, 8]);
  const y = build.relu(build.conv(x, build.constant(filled([4, 3, 3, 3], 1)), undefined, { strides: [2, 2] }));
  build.output(build.add(y, build.sigmoid(y)), "y");
  const graph = build.build();
  const conv = graph.nodes[0]!.name;
  const svg = drawGraph(graph, { subtitle: "a < b", marked: new Map([[conv, 'no "rule"']]) });
  assert.equal(svg, drawGraph(graph, { subtitle: "a < b", marked: new Map([[conv, 'no "rule"']]) }));
  assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  assert.match(svg, />Conv 3×3 \/2</);
  assert.match(svg, />Relu</);
  assert.match(svg, />1 × 4 × 3 × 3</);
  assert.match(svg, />image &amp; more</);
  assert.match(svg, />&lt;made&gt;</);
  assert.match(svg, /no &quot;rule&quot;/);
  assert.match(svg, /stroke-dasharray/);
  // input, convolution with activation, Sigmoid, Add, output
  assert.equal(svg.match(/<rect [^>]*rx="(7|\d\d)/g)!.length, 5);
});
