import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createBuilder, filled, writeOnnx } from "@foveajs/graph";
import { runOperation } from "../operation.ts";
import { fakeContext } from "./fake-context.test.support.ts";
import { type GraphReport, graph } from "./graph.ts";

const folder = await mkdtemp(join(tmpdir(), "fovea-graph-"));
after(() => rm(folder, { recursive: true }));

const file = join(folder, "small.onnx");
const build = createBuilder({ name: "small" });
const x = build.input("image", ["N", 3, "H", "W"]);
build.output(build.relu(build.conv(x, build.constant(filled([4, 3, 3, 3], 0.1), "kernel"))), "maps");
await writeFile(file, writeOnnx(build.build()));

const run = async (input: object): Promise<GraphReport> => {
  for await (const result of runOperation(graph, input, fakeContext())) return graph.output.parse(result);
  throw new Error("no result");
};

const fails = (input: object, code: string, words: RegExp) => assert.rejects(run(input), { code, message: words });

test("a file as it stands, and at a shape", async () => {
  const open = await run({ file });
  assert.deepEqual([open.open, open.multiply_adds, open.parameters], [["N", "H", "W"], null, 108]);
  const fixed = await run({ file, shape: ["image=2x3x6x5"] });
  assert.equal(fixed.multiply_adds, 2 * 4 * 4 * 3 * 27); // maps of 4x3
  assert.deepEqual(fixed.outputs, [{ name: "maps", dtype: "float32", shape: [2, 4, 4, 3] }]);
  assert.deepEqual([fixed.trainable_parameters, fixed.untrainable, fixed.profile], [108, null, undefined]);
});

test("a profile names nodes and their times; a drawing is written", async () => {
  const svg = join(folder, "small.svg");
  const report = await run({ file, shape: ["image=1x3x32x32"], profile: true, runs: 3, svg });
  assert.equal(report.profile?.runs, 3);
  assert.ok(report.profile.nodes.some(({ op, milliseconds }) => /Conv/.test(op) && milliseconds > 0));
  assert.ok(report.profile.milliseconds > 0);
  assert.match(await readFile(svg, "utf8"), /^<svg .*>Conv 3×3</s);
  assert.equal(report.svg, svg);
});

test("what is wrong is said: files, shapes, open extents, folders", async () => {
  await fails({ file: join(folder, "none.onnx") }, "operations/missing-file", /none\.onnx/);
  const text = join(folder, "text.onnx");
  await writeFile(text, "<html>");
  await fails({ file: text }, "graph/onnx-not-onnx", /web page/);
  await fails({ file, shape: ["image"] }, "operations/bad-shape", /"image"/);
  await fails({ file, shape: ["image=1x3"] }, "graph/input-shape", /N, 3, H, W/);
  await fails({ file, profile: true }, "graph/shape-not-static", /"image"/);
  await fails({ file, svg: join(folder, "no", "x.svg") }, "operations/drawing-failed", /x\.svg/);
});

test("weights beside the file are read from its folder", async () => {
  // protobuf by hand (field numbers of onnx.proto): tag = field << 3 | wire type; all lengths are below 128
  const part = (field: number, ...content: (number | string | number[])[]): number[] => {
    const bytes = content.flatMap((piece) => (typeof piece === "string" ? [...Buffer.from(piece)] : piece));
    return [(field << 3) | 2, bytes.length, ...bytes];
  };
  const number = (field: number, value: number): number[] => [field << 3, value];
  const value = (name: string): number[] =>
    part(1, name).concat(part(2, part(1, number(1, 1), part(2, part(1, number(1, 1)), part(1, number(1, 2))))));
  const node = part(1, part(1, "x"), part(1, "w"), part(2, "y"), part(4, "MatMul"));
  const outside = part(13, part(1, "location"), part(2, "w.bin"));
  const weight = part(5, number(1, 2), number(1, 2), number(2, 1), part(8, "w"), outside, number(14, 1));
  const model = [
    number(1, 8),
    part(7, node, weight, part(11, value("x")), part(12, value("y"))),
    part(8, number(2, 17)),
  ];
  const path = join(folder, "outside.onnx");
  await writeFile(path, Uint8Array.from(model.flat()));
  await fails({ file: path }, "graph/onnx-external-data", /w\.bin/);
  await writeFile(join(folder, "w.bin"), new Uint8Array(new Float32Array(4).fill(3).buffer));
  assert.equal((await run({ file: path })).parameters, 4);
});
