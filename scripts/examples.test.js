import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { workspaceRoot as root } from "./workspace.js";

/** What an example prints, run as the documents say: compiled by the build, from the root. */
function outputOf(name) {
  const file = path.join(root, "examples", "dist", `${name}.js`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: root, encoding: "utf8" });
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

const models = ["face-detector", "expression"].map((name) => path.join(root, "models", `${name}.onnx`));
const skip = models.every(existsSync) ? false : "models/ does not hold face-detector.onnx and expression.onnx";

test("examples/analyze.ts finds the face of the example photograph", { skip }, () => {
  const [line] = outputOf("analyze").split("\n");
  const [, x, y, score] = /^x (-?\d+), y (-?\d+), score (\d\.\d\d): [a-z]+$/.exec(line)?.map(Number) ?? [];
  // seen by eye: the face lies between x 165 and 280, y 60 and 215; detectors cut it closer or wider
  assert.ok(x > 130 && x < 210 && y > 20 && y < 110 && score >= 0.5, line);
});
