import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  assembleModule,
  i16x8,
  i32,
  i32x4,
  repeatWhile,
  v128,
  type WasmFunction,
  wasmFunction,
} from "./wasm-assembler.ts";

// V8 checks and runs what is assembled; expected values are those of JavaScript's own 32-bit arithmetic.

interface Host {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
    readonly Instance: new (
      module: object,
    ) => { readonly exports: { readonly memory: { readonly buffer: ArrayBuffer }; run(...values: number[]): void } };
  };
}
const { WebAssembly } = globalThis as unknown as Host;
const instantiate = (run: WasmFunction) =>
  new WebAssembly.Instance(new WebAssembly.Module(assembleModule({ run }))).exports;

const any32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

test("constants, offsets and local variables of any size are encoded", () => {
  fc.assert(
    fc.property(any32, fc.integer({ min: 0, max: 65_000 }), (value, place) => {
      const { run, memory } = instantiate(
        wasmFunction(["to"], ({ to }, local) => {
          const [unused, lanes] = [Array.from({ length: 200 }, () => local("i32")), local("v128")];
          assert.equal(unused.length, 200); // indices of two bytes
          return [lanes.set(i32x4.splat(i32.const(value))), v128.store(to, lanes)];
        }),
      );
      run(place);
      assert.deepEqual(new Int32Array(memory.buffer.slice(place, place + 16)), new Int32Array(4).fill(value));

      const { run: copy, memory: copied } = instantiate(
        wasmFunction(["to"], ({ to }) => [v128.store(to, v128.load32Splat(i32.const(0), place))]),
      );
      new DataView(copied.buffer).setInt32(place, value, true);
      copy(65_520);
      assert.deepEqual(new Int32Array(copied.buffer.slice(65_520)), new Int32Array(4).fill(value));
    }),
    { numRuns: 50 },
  );
});

test("vectors are added, shifted and multiplied by pairs as 32-bit numbers are", () => {
  fc.assert(
    fc.property(any32, any32, fc.integer({ min: 0, max: 31 }), (a, b, bits) => {
      const [splatA, splatB, shift] = [i32x4.splat(i32.const(a)), i32x4.splat(i32.const(b)), i32.const(bits)];
      const results = [
        i32x4.add(splatA, splatB),
        i32x4.shiftLeft(splatA, shift),
        i32x4.shiftRight(splatA, shift),
        i32x4.dot(splatA, splatB),
        i16x8.narrow(splatA, splatB),
      ];
      const stores = results.map((result, i) => v128.store(i32.const(i * 16), result));
      const { run, memory } = instantiate(wasmFunction([], () => stores));
      run();
      const low = (value: number) => (value << 16) >> 16;
      const saturated = Math.min(Math.max(a, -0x8000), 0x7fff);
      assert.deepEqual(
        results.map((_, i) => new DataView(memory.buffer).getInt32(i * 16, true)),
        [
          (a + b) | 0,
          a << bits,
          a >> bits,
          (low(a) * low(b) + (a >> 16) * (b >> 16)) | 0,
          (saturated & 0xffff) | (saturated << 16),
        ],
      );
    }),
    { numRuns: 100 },
  );
});

test("a loop runs its body once and then while its condition holds", () => {
  const { run, memory } = instantiate(
    wasmFunction(["at", "end"], ({ at, end }) => {
      const body = [v128.store32Lane(at, i32x4.splat(at), 0), at.set(i32.add(at, i32.const(4)))];
      return [repeatWhile(body, i32.less(at, end))];
    }),
  );
  run(4, 16);
  run(32, 16);
  assert.deepEqual([...new Int32Array(memory.buffer, 0, 10)], [0, 4, 8, 12, 0, 0, 0, 0, 32, 0]);
});

test("an operand of the wrong kind does not compile, in TypeScript or in WebAssembly", () => {
  // @ts-expect-error a number where a vector is due
  const mixed = i32x4.add(i32x4.splat(i32.const(1)), i32.const(1));
  assert.throws(() => instantiate(wasmFunction([], () => [v128.store(i32.const(0), mixed)])), { name: "CompileError" });
});
