import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Affine } from "../affine.ts";
import type { Image } from "../image.ts";
import type { resize as Resize } from "../resize.ts";
import type { warpAffine as WarpAffine } from "../warp.ts";
import { averageBlocksScalar, sampleScalar } from "./warp-scalar.ts";
import type { WasmHost } from "./wasm-host.ts";

// PIL.Image.resize of Pillow 9.4: fixtures/make-pictures.py
const golden = JSON.parse(readFileSync(new URL("../../../fixtures/resize.json", import.meta.url), "utf8"));
const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const source: Image = { width: golden.width, height: golden.height, order: "rgb", data: bytes(golden.rgb) };
const averaged = golden.cases.filter(({ filter }: { filter: string }) => filter !== "nearest");

const host = globalThis as { WebAssembly?: WasmHost["WebAssembly"] };
const own = host.WebAssembly!;
const counts = { modules: 0, calls: new Set<string>() };

/** Counts what is compiled, and keeps the names of functions that are called. */
const counting = {
  Module: class extends own.Module {
    constructor(code: Uint8Array<ArrayBuffer>) {
      super(code);
      counts.modules++;
    }
  },
  Instance: class {
    readonly exports: unknown;
    constructor(module: object) {
      const entries = Object.entries(new own.Instance(module).exports as Record<string, unknown>);
      const watched = entries.map(([name, value]) => {
        if (typeof value !== "function") return [name, value];
        const call = (...values: unknown[]) => {
          counts.calls.add(name);
          return value(...values);
        };
        return [name, call];
      });
      this.exports = Object.fromEntries(watched);
    }
  },
};
const refusing = {
  ...counting,
  Module: class {
    constructor() {
      counts.modules++;
      throw new Error("Refused to compile or instantiate WebAssembly module");
    }
  },
};
const kernels = ["addBytes", "alongColor", "meansColor", "over", "sampleColor"];

for (const [name, WebAssembly, modules, calls] of [
  ["in WebAssembly, two modules compiled once", counting, 2, kernels],
  ["in JavaScript where WebAssembly is missing", undefined, 0, []],
  ["in JavaScript where WebAssembly is refused, which is asked for once", refusing, 2, []],
] as const) {
  test(`pictures are resized and warped ${name}`, async (t) => {
    Object.assign(counts, { modules: 0, calls: new Set() });
    host.WebAssembly = WebAssembly;
    t.after(() => {
      host.WebAssembly = own;
    });
    // modules of their own for each case: they remember what they found
    const fresh = encodeURIComponent(name);
    const { resize } = (await import(`../resize.js?${fresh}`)) as { resize: typeof Resize };
    const { warpAffine } = (await import(`../warp.js?${fresh}`)) as { warpAffine: typeof WarpAffine };

    for (const { filter, width, height, rgb } of averaged) {
      assert.deepEqual(resize(source, { width, height, filter }).data, bytes(rgb));
    }
    const size = { width: 5, height: 4 };
    const sampling = { ...size, border: "replicate" } as const;
    const turned: Affine = [0.8, 0.3, -1, -0.3, 0.8, 1];
    assert.deepEqual(warpAffine(source, turned, size), sampleScalar(source, turned, sampling));
    const range = { left: 0, top: 0, right: Math.ceil(source.width / 2), bottom: Math.ceil(source.height / 2) };
    const halved = averageBlocksScalar(source, 2, range);
    assert.deepEqual(
      warpAffine(source, [2, 0, 0.5, 0, 2, 0], size),
      sampleScalar(halved, [1, 0, 0.25, 0, 1, 0], sampling),
    );

    assert.equal(counts.modules, modules);
    assert.deepEqual([...counts.calls].sort(), calls);
  });
}
