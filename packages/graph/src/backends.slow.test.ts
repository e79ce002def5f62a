import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { type Observations, observe } from "./backends.test.support.ts";
import { relativeError } from "./contract.test.support.ts";
import * as api from "./index.ts";
import { findChromium, openPages, type Pages } from "./session/page.test.support.ts";

/**
 * One contract for every backend: what the CPU in Node does, the others do too. The losses of 20 steps of a small net differ by the
 * order of sums alone; deep nets amplify that, so Work A is compared after its first step.
 */
const LOSS_TOLERANCE = 1e-4;
const GRADIENT_TOLERANCE = 1e-3;

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const workFile = here("../../../bench/work-a.js");

const expected = await observe(api, { device: "cpu", threads: 1 });

test("the CPU in Node gives outputs, states and errors as told", () => {
  const { outputs, errors, states, names, losses } = expected;
  assert.deepEqual(names, [
    ["x", "offset"],
    ["float", "whole", "turned"],
  ]);
  assert.deepEqual(outputs["two rows: float"], {
    dtype: "float32",
    shape: [2, 3],
    data: [13, 15, 36, 10, 2000020, 16],
  });
  assert.deepEqual(outputs["two rows: whole"], { dtype: "int32", shape: [2, 3], data: [1, -2, 3, 0, 1e6, -7] });
  assert.deepEqual(outputs["one row: turned"], { dtype: "float32", shape: [3, 1], data: [4, 5, 6] });
  assert.deepEqual(outputs["together 2: float"]!.data, [16, 26, 36]);
  assert.deepEqual(outputs["from a file: float"], outputs["two rows: float"]);
  assert.deepEqual(outputs["after errors: float"], outputs["two rows: float"]);
  assert.deepEqual(outputs["started before disposal: float"], outputs["two rows: float"]);
  assert.deepEqual(outputs.emptied!.shape, [0]);
  assert.deepEqual(states, [
    { total: [0, 0] },
    { before: [0, 0] },
    { before: [1, 2] },
    { before: [2, 4] },
    { total: [3, 6] },
    { total: [100, 200] },
    { total: [101, 202] },
  ]);
  const { "a signal that has given up": aborted, ...rest } = errors;
  assert.equal(aborted, "AbortError");
  assert.ok(
    Object.values(rest).every((code) => code.startsWith("graph/")),
    JSON.stringify(rest),
  );
  assert.ok(losses.length === 20 && losses[19]! < losses[0]! / 3, `it does not learn: ${losses}`);
});

/** What must be equal to the CPU's, and what nearly. */
function compare(device: string, observed: Observations): void {
  assert.equal(observed.device, device);
  assert.deepEqual(observed.names, expected.names);
  assert.deepEqual(observed.outputs, expected.outputs);
  assert.deepEqual(observed.states, expected.states);
  assert.deepEqual(observed.errors, expected.errors);
  for (const [what, text] of Object.entries(observed.errorTexts))
    if (/an input/.test(what)) assert.match(text, /\b(x|offset|z)\b/, what);
  for (const [index, loss] of observed.losses.entries())
    assert.ok(
      Math.abs(loss - expected.losses[index]!) < LOSS_TOLERANCE,
      `step ${index}: ${loss}, ${expected.losses[index]}`,
    );
  for (const [operator, numbers] of Object.entries(observed.replaced)) {
    const error = relativeError(numbers, expected.replaced[operator]!);
    assert.ok(error < 1e-5, `${operator} is off by ${error}`);
  }
}

/** Nothing leaves a GPU in silence, and what it computes wrongly is refused. */
function checkRefusals({ refused }: Observations): void {
  assert.match(refused[0]!, /^graph\/operator-miscomputed: .*Conv "six channels", Conv "six a group"/);
  assert.match(refused[1]!, /^graph\/operator-miscomputed: .*Conv "fed"/);
  assert.match(refused[2]!, /^graph\/operator-off-device: .*LogSoftmax "log"\.$/);
}

test("on CPUs nothing is refused", () => assert.deepEqual(expected.refused, ["none", "none", "none"]));

const program = `
  import * as api from "../index.js";
  import { createStep } from ${JSON.stringify(workFile)};
  import { observe } from "../backends.test.support.js";
  const textOf = (data) => {
    let text = "";
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return btoa(text);
  };
  globalThis.observe = (options) => observe(api, options);
  globalThis.workA = async (options) => {
    const work = await createStep({ ...options, target: api.portableTarget });
    const loss = await work.step();
    const state = await work.read();
    await work.dispose();
    return { loss, state: [...state].map(([name, data]) => [name, textOf(data)]) };
  };
  globalThis.refuseThreads = (options) =>
    api.createSession(new Uint8Array(0), options).then(() => "none", ({ code }) => code);`;

const chromium = findChromium();

describe("in Chromium", { skip: chromium === undefined && "no Chromium: set FOVEA_CHROMIUM to its path" }, () => {
  let pages: Pages;
  before(async () => {
    pages = await openPages(chromium!, program);
  });
  after(() => pages?.close());

  /** The contract in a page, after which no worker may be left. */
  async function observePage(options: api.SessionOptions, isolated: boolean): Promise<Observations> {
    const assets = isolated ? "/isolated/ort/" : "/plain/ort";
    const { result, workersLeft } = await pages.call<Observations>("observe", { ...options, assets }, { isolated });
    assert.equal(workersLeft, 0, "disposed sessions left workers behind");
    return result;
  }

  test("wasm with one thread", async () => {
    const observed = await observePage({}, false);
    compare("wasm", observed);
    assert.deepEqual(observed.refused, expected.refused);
  });

  test("wasm with threads, in a page that is isolated", async () => {
    compare("wasm", await observePage({ device: "wasm", threads: 2 }, true));
  });

  test("threads in a page that is not isolated are an error, and so is a profile", async () => {
    for (const options of [{ threads: 2 }, { profile: "run" }]) {
      const { result } = await pages.call("refuseThreads", options, { isolated: false });
      assert.equal(result, "graph/option-unavailable");
    }
  });

  test("WebGPU", async () => {
    const observed = await observePage({ device: "webgpu" }, false);
    compare("webgpu", observed);
    checkRefusals(observed);
  });

  test("the gradients of Work A's first step in wasm equal the CPU's in Node", async () => {
    const { createStep } = await import(pathToFileURL(workFile).href);
    const work = await createStep({ batch: 16, threads: 1, target: api.portableTarget });
    const loss = await work.step();
    const state: ReadonlyMap<string, Float32Array> = await work.read();
    await work.dispose();
    const { result } = await pages.call<{ loss: number; state: readonly (readonly [string, string])[] }>(
      "workA",
      { batch: 16, threads: 2, assets: "/isolated/ort/" },
      { isolated: true },
    );
    assert.ok(Math.abs(result.loss - loss) < 1e-5);
    // momentum starts at zero, so that after one step it is the gradient
    const gradients = result.state.filter(([name]) => name.startsWith("momentum/"));
    assert.equal(gradients.length, 62);
    for (const [name, text] of gradients) {
      const bytes = Buffer.from(text, "base64");
      const received = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
      const error = relativeError(received, state.get(name)!, 1e-12);
      assert.ok(error < GRADIENT_TOLERANCE, `${name} is off by ${error}`);
    }
  });
});

/** The folder of a Vulkan driver in software: FOVEA_SWIFTSHADER, or Chromium's own in Debian. */
const swiftShader = process.env.FOVEA_SWIFTSHADER ?? "/usr/lib/chromium";
const driver = join(swiftShader, "libvk_swiftshader.so");

describe("WebGPU in Node", {
  skip: !existsSync(driver) && "no SwiftShader: set FOVEA_SWIFTSHADER to its folder",
}, () => {
  /** Runs a module in a process of its own, whose Vulkan is SwiftShader; resolves to what it prints as JSON. */
  async function runOnGpu<Result>(source: string): Promise<Result> {
    const folder = mkdtempSync(join(tmpdir(), "fovea-gpu-"));
    const description = join(folder, "driver.json");
    writeFileSync(
      description,
      JSON.stringify({ file_format_version: "1.0.0", ICD: { library_path: driver, api_version: "1.0.5" } }),
    );
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
    try {
      const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", source], {
        cwd: dirname(here("./x")),
        timeout: 120_000,
        maxBuffer: 2 ** 26,
        env: {
          ...environment,
          VK_ICD_FILENAMES: description,
          VK_DRIVER_FILES: description,
          LD_LIBRARY_PATH: [swiftShader, environment.LD_LIBRARY_PATH ?? ""].join(":"), // Chromium brings the loader too
        },
      });
      return JSON.parse(stdout) as Result;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  const imports = `
    import * as api from ${JSON.stringify(new URL("./index.js", import.meta.url).href)};
    import * as support from ${JSON.stringify(new URL("./backends.test.support.js", import.meta.url).href)};`;

  test("by name", async () => {
    const observed = await runOnGpu<Observations>(`${imports}
      console.log(JSON.stringify(await support.observe(api, { device: "webgpu" })));`);
    compare("webgpu", observed);
    checkRefusals(observed);
  });

  test("memory does not grow from step to step", async () => {
    // 4 MB of state a step: kept, they would be 400 MB
    const { growth, total } = await runOnGpu<{ growth: number; total: number }>(`${imports}
      const build = api.createBuilder();
      const total = build.input("total", [1000, 1000]);
      build.output(build.add(total, build.input("x", [1])), "next");
      build.output(build.reduceMean(total, { keepDims: false }), "mean");
      const slots = [{ name: "total", next: "next", shape: [1000, 1000] }];
      const session = await api.createStatefulSession(build.build(), slots, { device: "webgpu" });
      const step = () => session.step({ x: api.float32([1], [1]) });
      for (let warm = 0; warm < 10; warm++) await step();
      const before = process.memoryUsage().rss;
      for (let index = 0; index < 100; index++) await step();
      const growth = (process.memoryUsage().rss - before) / 2 ** 20;
      const total110 = (await session.read()).get("total")[0];
      await session.dispose();
      console.log(JSON.stringify({ growth, total: total110 }));`);
    assert.equal(total, 110);
    assert.ok(growth < 100, `grew by ${growth} MB`);
  });
});

test("without a GPU the device is told to be missing", async () => {
  const source = `
    import { createBuilder, createSession } from ${JSON.stringify(new URL("./index.js", import.meta.url).href)};
    const build = createBuilder();
    build.output(build.relu(build.input("x", [1])), "y");
    const code = await createSession(build.build(), { device: "webgpu" }).then(() => "none", (error) => error.code);
    console.log(code);`;
  const missing = join(tmpdir(), "fovea-no-driver.json");
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", source], {
    timeout: 30_000,
    env: { ...process.env, VK_ICD_FILENAMES: missing, VK_DRIVER_FILES: missing },
  });
  assert.equal(stdout.trim(), "graph/device-missing");
});
