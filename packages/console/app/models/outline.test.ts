import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { readOnnx } from "@foveajs/graph";
import { readCard } from "@foveajs/vision";
import { type Drawing, drawOutline, pathOf, widthOfText } from "./drawing.ts";
import { forOnePicture, type Outline, outlineOf } from "./outline.ts";
import { stageLines } from "./stage-lines.ts";

const models = new URL("../../../../../models/", import.meta.url);
const names = ["expression", "face-detector", "face-reader"].filter((name) =>
  existsSync(new URL(`${name}.onnx`, models)),
);

async function read(name: string) {
  const graph = readOnnx(await readFile(new URL(`${name}.onnx`, models)));
  const shaped = forOnePicture(graph, readCard(graph, name).preprocessing);
  return { graph: shaped, outline: outlineOf(shaped) };
}

const draw = (outline: Outline, open: readonly string[]): Drawing =>
  drawOutline(outline, { open: new Set(open), linesOf: (stage) => stageLines(stage, "en") });

for (const name of names) {
  test(`${name}: every operator is in one stage, and stages come to what the graph package counts`, async () => {
    const { graph, outline } = await read(name);
    const { stages, description, constantNodes } = outline;
    const drawn = [...stages.flatMap(({ blocks }) => blocks.flatMap(({ nodes }) => nodes)), ...constantNodes];
    assert.deepEqual(drawn.toSorted(), graph.nodes.map((node) => node.name).toSorted());
    const sum = (count: (stage: (typeof stages)[number]) => number | undefined) =>
      stages.reduce((total, stage) => total + count(stage)!, 0);
    assert.equal(sum(({ operators }) => operators) + constantNodes.length, description.nodes);
    assert.equal(
      sum(({ parameters }) => parameters),
      description.parameters,
    );
    assert.equal(
      sum(({ multiplyAdds }) => multiplyAdds),
      description.multiplyAdds,
    );
    assert.ok(description.memory.peakBytes! > 0, "shapes are known");
  });

  test(`${name}: stages have no cycle, each output has a head`, async () => {
    const { graph, outline } = await read(name);
    const below = new Map(outline.stages.map(({ id }) => [id, new Set<string>()]));
    for (const [from, to] of outline.edges) below.get(from)!.add(to);
    const visit = (id: string, path: readonly string[]): void => {
      assert.ok(!path.includes(id), `${[...path, id].join(" > ")} is a cycle`);
      for (const next of below.get(id)!) visit(next, [...path, id]);
    };
    for (const { id, kind } of outline.stages) if (kind === "input") visit(id, []);
    const heads = outline.stages.flatMap((stage) => (stage.kind === "head" ? [stage.name] : []));
    assert.deepEqual(heads.toSorted(), graph.outputs.map((output) => output.name).toSorted());
  });

  test(`${name}: folded or open, boxes do not overlap and lines end at boxes`, async () => {
    const { outline } = await read(name);
    const all = outline.stages.flatMap(({ id, kind }) => (kind === "input" ? [] : [id]));
    for (const open of [[], all.slice(0, 2), all]) {
      const { boxes, lines, width, height } = draw(outline, open);
      const solid = boxes.filter(({ kind }) => kind !== "frame");
      for (const [index, a] of boxes.entries()) {
        assert.ok(a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= height, a.id);
        for (const line of a.lines) assert.ok(widthOfText(line) <= a.width, line);
        for (const b of boxes.slice(index + 1)) {
          if ((a.kind === "frame" || b.kind === "frame") && a.stage === b.stage) continue;
          const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
          assert.ok(apart, `${a.id} and ${b.id}`);
        }
      }
      for (const { points, hasTip } of lines) {
        if (!hasTip) continue;
        const [x, y] = points.at(-1)!;
        assert.ok(
          boxes.some((box) => Math.abs(box.y - y) < 0.1 && x >= box.x && x <= box.x + box.width),
          `a line ends at ${x}, ${y}`,
        );
      }
      assert.ok(solid.length >= outline.stages.length - open.length);
    }
  });
}

test("a box for each stage, or for each of its blocks", {
  skip: names.length === 0 && "models/ is empty",
}, async () => {
  const { outline } = await read(names[0]!);
  assert.deepEqual(
    draw(outline, []).boxes.map(({ id }) => id),
    outline.stages.map(({ id }) => id),
  );
  const [, stage] = outline.stages;
  const opened = draw(outline, [stage!.id]);
  assert.equal(opened.boxes.length, outline.stages.length + stage!.blocks.length);
});

test("lines are straight down, or vertical at both ends", () => {
  assert.equal(
    pathOf({
      points: [
        [10, 0],
        [10, 20],
      ],
      hasTip: true,
    }),
    "M10 0L10 20",
  );
  assert.equal(
    pathOf({
      points: [
        [10, 0],
        [30, 20],
      ],
      hasTip: true,
    }),
    "M10 0C10 10 30 10 30 20",
  );
});
