import assert from "node:assert/strict";
import { test } from "node:test";
import { compileResizeKernels } from "./resize-kernels.ts";
import type { WasmHost } from "./wasm-host.ts";

const host = globalThis as WasmHost;

test("the kernels compile here", () => {
  assert.ok(compileResizeKernels(host) !== undefined);
});

test("the module is small enough for the main thread of any page: less than 4 KB", () => {
  let size = Number.POSITIVE_INFINITY;
  class Measured extends host.WebAssembly!.Module {
    constructor(bytes: Uint8Array<ArrayBuffer>) {
      super(bytes);
      size = bytes.length;
    }
  }
  compileResizeKernels({
    WebAssembly: { ...host.WebAssembly!, Module: Measured, Instance: host.WebAssembly!.Instance },
  });
  assert.ok(size < 4096, `${size} bytes`);
});

test("where wasm is missing or refused there are none", () => {
  const refuse = class {
    constructor() {
      throw new Error("Refused to compile or instantiate WebAssembly module");
    }
  };
  assert.equal(compileResizeKernels({}), undefined);
  assert.equal(
    compileResizeKernels({ WebAssembly: { Module: refuse, Instance: host.WebAssembly!.Instance } }),
    undefined,
  );
  // without memory for one more instance
  assert.equal(
    compileResizeKernels({
      WebAssembly: {
        Module: host.WebAssembly!.Module,
        Instance: refuse as unknown as NonNullable<WasmHost["WebAssembly"]>["Instance"],
      },
    }),
    undefined,
  );
});
