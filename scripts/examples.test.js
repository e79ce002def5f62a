import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { readOnnx } from "@foveajs/graph";
import { workspaceRoot as root } from "./workspace.js";

/** What an example prints, run as the documents say: compiled by the build, from the root. */
function outputOf(name, ...given) {
  const file = path.join(root, "examples", "dist", `${name}.js`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...given], { cwd: root, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

test("examples/fit.ts learns exclusive or", () => {
  assert.equal(outputOf("fit"), "0 1 1 0\n");
});

/** Losses that a training prints, in order. */
const lossesIn = (output) => [...output.matchAll(/^step \d+: loss (\S+)$/gm)].map(([, loss]) => Number(loss));
const falls = (losses) => losses.every((loss, index) => index === 0 || loss < losses[index - 1]);

test("examples/curve.ts fits sin(3 x) to a few hundredths", () => {
  const output = outputOf("curve");
  const losses = lossesIn(output);
  assert.ok(losses.length === 5 && falls(losses) && losses.at(-1) < 2e-3, output);
  assert.ok(Number(/^largest error (\S+)$/m.exec(output)[1]) < 0.1, output);
});

test("examples/characters.ts learns the text and goes on with it", () => {
  const output = outputOf("characters");
  const losses = lossesIn(output);
  // guessing evenly among 30 characters is ln 30 = 3.4; letters by their frequency alone are 2.8
  assert.ok(losses.length === 5 && falls(losses) && losses[0] > 2.8 && losses.at(-1) < 0.6, output);
  assert.match(output, /^thou art more lovely and more temp/m);
});

test("examples/foreign.ts fine-tunes a file of PyTorch and writes it with its opset and open batch", (context) => {
  const folder = mkdtempSync(path.join(tmpdir(), "foreign-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const written = path.join(folder, "tuned.onnx");
  const output = outputOf("foreign", "--to", written);
  const losses = lossesIn(output);
  assert.ok(losses.length === 5 && falls(losses) && losses.at(-1) < 0.3 * losses[0], output);
  assert.match(output, /^frozen: 10, such as stem\.1\.running_mean: a running statistic$/m);
  // the example runs what it wrote; forms for another batch may round otherwise
  assert.ok(Number(/^largest difference (\S+) over 1 outputs$/m.exec(output)[1]) < 1e-5, output);
  const [before, after] = [path.join(root, "packages", "graph", "fixtures", "foreign.onnx"), written].map((file) =>
    readOnnx(readFileSync(file)),
  );
  assert.deepEqual(
    [after.opsets, after.inputs, after.outputs, after.nodes],
    [before.opsets, before.inputs, before.outputs, before.nodes],
  );
  const changed = [...before.initializers].filter(([name, { data }]) =>
    after.initializers.get(name).data.some((value, index) => value !== data[index]),
  );
  const trained = ["blocks.2.0.weight", "blocks.3.0.weight", "head.bias", "head.weight"];
  assert.deepEqual(changed.map(([name]) => name).sort(), trained);
});

const models = ["face-detector", "expression"].map((name) => path.join(root, "models", `${name}.onnx`));
const skip = models.every(existsSync) ? false : "models/ does not hold face-detector.onnx and expression.onnx";

test("examples/analyze.ts finds the face of the example photograph", { skip }, () => {
  const [line] = outputOf("analyze").split("\n");
  const [, x, y, score] = /^x (-?\d+), y (-?\d+), score (\d\.\d\d): [a-z]+$/.exec(line)?.map(Number) ?? [];
  // seen by eye: the face lies between x 165 and 280, y 60 and 215; detectors cut it closer or wider
  assert.ok(x > 130 && x < 210 && y > 20 && y < 110 && score >= 0.5, line);
});
