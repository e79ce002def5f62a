import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { createRandom, encodePng } from "@foveajs/vision";
import { chromium } from "playwright-core";
import { findChromium } from "../packages/vision/dist/page.test.support.js";
import { workspaceRoot as root } from "./workspace.js";

const executablePath = findChromium();
const models = ["face-detector", "expression"].map((name) => path.join(root, "models", `${name}.onnx`));
const skip = !executablePath
  ? "no Chromium: name it with FOVEA_CHROMIUM"
  : !models.every(existsSync) && "models/ does not hold face-detector.onnx and expression.onnx";

/** Files of a class: stripes along an axis, with noise. */
const pictures = (axis) =>
  Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const random = createRandom("stripes", axis, index);
      const side = 16;
      const phase = random.integer(8);
      const data = Uint8Array.from({ length: side * side }, (_, at) => {
        const along = axis === "x" ? at % side : Math.floor(at / side);
        return ((along + phase) % 8 < 4 ? 200 : 50) + random.integer(30);
      });
      const bytes = await encodePng({ width: side, height: side, order: "gray", data });
      return { name: `${axis}-${index}.png`, mimeType: "image/png", buffer: Buffer.from(bytes) };
    }),
  );

/** The address that the example's server prints. */
const started = (server) =>
  new Promise((resolve, reject) => {
    server.stdout.on("data", (text) => resolve(String(text).trim()));
    server.on("exit", () => reject(new Error("the server of the example has ended")));
  });

test("examples/browser finds the face of a photo, learns two classes, and has them after a reload", {
  skip,
}, async (context) => {
  const server = spawn(process.execPath, [path.join(root, "examples", "browser", "serve.js"), "0"]);
  const profile = mkdtempSync(path.join(tmpdir(), "fovea-example-"));
  context.after(() => {
    server.kill();
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  });
  const address = await started(server);
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    chromiumSandbox: process.getuid?.() !== 0, // Chromium has no sandbox for root
  });
  context.after(() => browser.close());
  const page = await browser.newPage();
  const failures = [];
  page.on("pageerror", (error) => failures.push(error.message));
  // nothing is asked of any other host
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !/^(blob|data):/.test(url)) failures.push(url);
  });
  await page.goto(address);

  await page.setInputFiles("#photo", path.join(root, "examples", "astronaut.jpg"));
  await page.waitForFunction(() => /score/.test(document.querySelector("#faces").textContent), undefined, {
    timeout: 60_000,
  });
  assert.match(await page.textContent("#faces"), /^face at \d+, \d+, score 0\.\d\d: [a-z]+ \d+ %$/);
  assert.equal(await page.evaluate(() => document.querySelector("#drawing").width), 512);

  const rows = page.locator("#classes fieldset");
  for (const [index, axis] of ["x", "y"].entries()) {
    await rows.nth(index).locator("[name=name]").fill(`along ${axis}`);
    await rows
      .nth(index)
      .locator("[name=pictures]")
      .setInputFiles(await pictures(axis));
  }
  await page.fill("#minutes", "0.5");
  await page.click("#train");
  const isDone = () => /^Done|help|expected/.test(document.querySelector("#progress").textContent);
  await page.waitForFunction(isDone, undefined, { timeout: 150_000 });
  assert.match(await page.textContent("#progress"), /^Done: \d+ %/);
  const [other] = await pictures("y");
  await page.setInputFiles("#try", other);
  await page.waitForFunction(() => document.querySelector("#answer").textContent !== "");
  assert.match(await page.textContent("#answer"), /^along x: [\d.]+ %\nalong y: [\d.]+ %$/);

  await page.reload();
  await page.waitForFunction(isDone, undefined, { timeout: 60_000 });
  assert.equal(await rows.count(), 2);
  assert.equal(await rows.nth(1).locator("[name=name]").inputValue(), "along y");
  assert.deepEqual(failures, []);
});
