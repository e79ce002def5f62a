import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { writeOnnx } from "../format/write-onnx.ts";
import { float32 } from "../ir/tensors.ts";
import type { Graph, Tensor } from "../ir/types.ts";
import { portableTarget } from "../lowering/form.ts";
import { createBuilder } from "../ops/build.ts";
import { createSession, createStatefulSession } from "./node.ts";
import { probeTarget } from "./probe.ts";

/** y = x w w ... w: `count` products of square matrices, some milliseconds each. */
function slowGraph(size: number, count: number): Graph {
  const build = createBuilder();
  const w = build.constant(float32([size, size], new Float32Array(size * size).fill(1 / size)));
  let y = build.input("x", [size, size]);
  for (let index = 0; index < count; index++) y = build.matMul(y, w);
  build.output(build.reduceMean(y), "y");
  return build.build();
}

function doubleGraph(size: number | string = 2): Graph {
  const build = createBuilder();
  build.output(build.mul(build.input("x", [size]), 2), "y");
  return build.build();
}

/** total' = total + x, and the total before it. */
function sumGraph(): Graph {
  const build = createBuilder();
  const total = build.input("total", [2]);
  build.output(build.add(total, build.input("x", [2])), "next/total");
  build.output(build.mul(total, 1), "before");
  return build.build();
}

const slots = [{ name: "total", next: "next/total", shape: [2] }];

const numbers = (tensor: Tensor | undefined): number[] => [...(tensor!.data as Float32Array)];

const disposed = { code: "graph/session-disposed", kind: "conflict" };

test("a session tells its device, inputs and outputs, and runs a graph or a file", async () => {
  for (const model of [doubleGraph(), writeOnnx(doubleGraph())]) {
    const session = await createSession(model);
    assert.deepEqual([session.device, session.inputNames, session.outputNames], ["cpu", ["x"], ["y"]]);
    const { y } = await session.run({ x: float32([2], [1, 4]) });
    assert.deepEqual(y, float32([2], [2, 8]));
    await session.dispose();
  }
});

test("the event loop stays free during a run", async () => {
  const session = await createSession(slowGraph(512, 60), { threads: 1 });
  const x = float32([512, 512]);
  await session.run({ x });
  let ticks = 0;
  const timer = setInterval(() => ticks++, 2);
  const start = performance.now();
  await session.run({ x });
  const milliseconds = performance.now() - start;
  clearInterval(timer);
  await session.dispose();
  assert.ok(milliseconds > 40, `the run took ${milliseconds} ms, too short to tell`);
  assert.ok(ticks > milliseconds / 2 / 8, `${ticks} ticks of 2 ms in ${milliseconds} ms`); // an eighth, since the machine may be busy
});

test("an aborted signal gives up before a run, whether it waits or not, and leaves the session usable", async () => {
  const session = await createSession(slowGraph(256, 40));
  const x = float32([256, 256]);
  await assert.rejects(session.run({ x }, { signal: AbortSignal.abort() }), { name: "AbortError" });
  const controller = new AbortController();
  const first = session.run({ x }, { signal: controller.signal });
  const second = session.run({ x }, { signal: controller.signal });
  const third = session.run({ x });
  controller.abort(new Error("enough"));
  await assert.rejects(second, /enough/); // it waited
  assert.deepEqual(numbers((await first).y), [0]); // it had started
  assert.deepEqual(numbers((await third).y), [0]);
  await session.dispose();
});

test("dispose lets the run that has started end, and refuses waiting and later ones", async () => {
  const session = await createSession(slowGraph(256, 40));
  const x = float32([256, 256]);
  const first = session.run({ x });
  const waiting = [session.run({ x }), session.run({ x })];
  const refused = waiting.map((run) => assert.rejects(run, disposed));
  const ended = session.dispose();
  await assert.rejects(session.run({ x }), disposed);
  await Promise.all(refused);
  assert.deepEqual(numbers((await first).y), [0]);
  await ended;
  await session.dispose(); // twice does no harm
  await assert.rejects(session.run({ x }), disposed);
});

test("wrong names, types and shapes are errors that name the input", async () => {
  const session = await createSession(doubleGraph());
  const wrong: readonly (readonly [string, Readonly<Record<string, Tensor>>])[] = [
    ["missing", {}],
    ["another name", { z: float32([2]) }],
    ["another extent", { x: float32([3]) }],
    ["another rank", { x: float32([2, 1]) }],
    ["another type", { x: { dtype: "int32", shape: [2], data: Int32Array.of(1, 2) } }],
    ["too few elements", { x: { dtype: "float32", shape: [2], data: Float32Array.of(1) } }],
  ];
  for (const [what, feeds] of wrong) {
    await assert.rejects(session.run(feeds), { code: "graph/runtime-failed", message: /\bx\b/ }, what);
  }
  await assert.rejects(session.run({ x: float32([2]), extra: float32([1]) }), {
    code: "graph/runtime-failed",
    message: /extra/,
  });
  assert.deepEqual(numbers((await session.run({ x: float32([2], [1, 2]) })).y), [2, 4]);
  await session.dispose();
});

test("what is no model, and a device that is not there, are errors", async () => {
  await assert.rejects(createSession(Uint8Array.of(1, 2, 3)), { code: "graph/runtime-failed" });
  await assert.rejects(createSession(doubleGraph(), { device: "abacus" }), {
    code: "graph/device-missing",
    message: /abacus.*cpu, webgpu/,
  });
});

test("transfer empties the caller's buffers; without it they stay, and are taken when they are given", async () => {
  const session = await createSession(doubleGraph());
  const kept = float32([2], [1, 2]);
  const first = session.run({ x: kept });
  const second = session.run({ x: kept });
  (kept.data as Float32Array).fill(100);
  assert.deepEqual(
    [numbers((await first).y), numbers((await second).y)],
    [
      [2, 4],
      [2, 4],
    ],
  );
  const given = float32([2], [3, 4]);
  const third = session.run({ x: given }, { transfer: true });
  assert.equal((given.data as Float32Array).length, 0);
  assert.deepEqual(numbers((await third).y), [6, 8]);
  await session.dispose();
});

test("views into larger, pooled and shared buffers are fed like any others", async () => {
  const session = await createSession(doubleGraph());
  const large = Float32Array.of(9, 1, 2, 9);
  const shared = new Float32Array(new SharedArrayBuffer(8));
  shared.set([1, 2]);
  for (const data of [large.subarray(1, 3), shared]) {
    assert.deepEqual(numbers((await session.run({ x: { dtype: "float32", shape: [2], data } })).y), [2, 4]);
  }
  await session.dispose();
  const bytes = createBuilder();
  bytes.output(bytes.cast(bytes.input("x", [3], "uint8"), "float32"), "y");
  const reader = await createSession(bytes.build());
  const { y } = await reader.run({ x: { dtype: "uint8", shape: [3], data: Buffer.from([1, 2, 3]) } });
  assert.deepEqual(numbers(y), [1, 2, 3]);
  await reader.dispose();
});

test("steps that are asked for together run one after the other", async () => {
  const session = await createStatefulSession(sumGraph(), slots);
  await session.write(new Map([["total", Float32Array.of(10, 0)]]));
  const results = await Promise.all([1, 2, 3].map((add) => session.step({ x: float32([2], [add, 1]) })));
  assert.deepEqual(
    results.map(({ before }) => numbers(before)),
    [
      [10, 0],
      [11, 1],
      [13, 2],
    ],
  );
  assert.deepEqual(Object.keys(results[0]!), ["before"]);
  assert.deepEqual(await session.read(), new Map([["total", Float32Array.of(16, 3)]]));
  await session.dispose();
});

test("a step that fails leaves the state as it was", async () => {
  const session = await createStatefulSession(sumGraph(), slots);
  await session.step({ x: float32([2], [1, 2]) });
  await assert.rejects(session.step({ x: float32([3]) }), { code: "graph/runtime-failed", message: /\bx\b/ });
  assert.deepEqual((await session.read()).get("total"), Float32Array.of(1, 2));
  await session.dispose();
});

test("state of an unknown name or of another size is refused, and none of it is written", async () => {
  const session = await createStatefulSession(sumGraph(), slots);
  const wrong = [
    new Map([
      ["total", Float32Array.of(5, 5)],
      ["other", Float32Array.of(1)],
    ]),
    new Map([["total", Float32Array.of(1)]]),
  ];
  await assert.rejects(session.write(wrong[0]!), { code: "graph/runtime-failed", message: /"other".*total/ });
  await assert.rejects(session.write(wrong[1]!), {
    code: "graph/runtime-failed",
    message: /"total" has 2 elements, received 1/,
  });
  const state = await session.read();
  assert.deepEqual(state.get("total"), Float32Array.of(0, 0));
  state.get("total")!.fill(7); // a copy
  assert.deepEqual((await session.read()).get("total"), Float32Array.of(0, 0));
  await session.dispose();
});

test("memory does not grow over 200 runs", async () => {
  const session = await createSession(doubleGraph("N"));
  const size = 250_000; // 1 MB in, 1 MB out: a leak of either would show as 200 MB
  const run = () => session.run({ x: float32([size]) });
  for (let warm = 0; warm < 20; warm++) await run();
  const before = process.memoryUsage().rss;
  for (let index = 0; index < 200; index++) await run();
  const growth = (process.memoryUsage().rss - before) / 2 ** 20;
  await session.dispose();
  assert.ok(growth < 100, `grew by ${growth} MB`);
});

test("memory of disposed sessions is given back", async () => {
  const size = 2_000_000; // 8 MB of weights each
  const build = createBuilder();
  build.output(build.add(build.input("x", [size]), build.constant(float32([size]))), "y");
  const model = writeOnnx(build.build());
  const open = async () => (await createSession(model, { threads: 1 })).dispose();
  for (let warm = 0; warm < 3; warm++) await open();
  const before = process.memoryUsage().rss;
  for (let index = 0; index < 15; index++) await open();
  const growth = (process.memoryUsage().rss - before) / 2 ** 20;
  assert.ok(growth < 80, `grew by ${growth} MB`); // all kept would be 120 MB and more
});

test("a session that waits for nothing does not keep a program alive", async () => {
  const program = `
    import { createSession } from ${JSON.stringify(new URL("./node.js", import.meta.url).href)};
    import { createBuilder } from ${JSON.stringify(new URL("../ops/build.js", import.meta.url).href)};
    const build = createBuilder();
    build.output(build.mul(build.input("x", [1]), 2), "y");
    const session = await createSession(build.build());
    const { y } = await session.run({ x: { dtype: "float32", shape: [1], data: Float32Array.of(21) } });
    console.log(y.data[0]);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], {
    timeout: 20_000,
    cwd: fileURLToPath(new URL(".", import.meta.url)),
  });
  assert.equal(stdout.trim(), "42");
});

test("a profile is written when the session is disposed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fovea-profile-"));
  const session = await createSession(doubleGraph(), { profile: join(folder, "run") });
  await session.run({ x: float32([2]) });
  await session.dispose();
  const files = readdirSync(folder);
  const events = files.map(
    (file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as readonly { name: string }[],
  );
  rmSync(folder, { recursive: true });
  assert.equal(files.length, 1);
  assert.ok(events[0]!.some(({ name }) => name.includes("model_run")));
});

test("the probe asks once and tells whole numbers of channels", async () => {
  const [first, second] = await Promise.all([probeTarget(), probeTarget()]);
  assert.equal(first, second);
  assert.ok([0, 8, 16].includes(first.blockedChannels), String(first.blockedChannels));
  assert.equal(first.nativeNormalization, true);
  assert.deepEqual(await probeTarget({ device: "abacus" }), portableTarget);
});

test("threads that spin between operators give the same bits", async () => {
  const x = float32(
    [64, 64],
    Float32Array.from({ length: 4096 }, (_, index) => Math.sin(index)),
  );
  const results: number[][] = [];
  for (const idle of ["sleep", "spin"] as const) {
    const session = await createSession(slowGraph(64, 3), { threads: 2, idle });
    results.push(numbers((await session.run({ x })).y));
    await session.dispose();
  }
  assert.deepEqual(results[0], results[1]);
});
