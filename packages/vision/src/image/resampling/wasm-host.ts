import { assembleModule, type WasmFunction } from "./wasm-assembler.ts";

/** What is used of the global `WebAssembly`; empty where there is none. */
export interface WasmHost {
  readonly WebAssembly?: {
    readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
    readonly Instance: new (module: object) => { readonly exports: unknown };
  };
}

/** An instance's memory, in pages of 64 KB; it never shrinks. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** What kernels read and write beyond the end of their bytes, at most. */
export const slackBytes = 16;

/**
 * Compiles functions, at once: modules stay below the 4 KB that Chromium's main thread once allowed. Undefined where wasm or its
 * vectors are missing, or refused (a page's policy without wasm-unsafe-eval).
 */
export function compileFunctions<Exports>(
  { WebAssembly }: WasmHost,
  functions: { readonly [Name in Exclude<keyof Exports & string, "memory">]: WasmFunction },
): Exports | undefined {
  if (WebAssembly === undefined) return undefined;
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(assembleModule(functions))).exports as Exports;
  } catch {
    return undefined;
  }
}

/** The memory's bytes, grown where they are too few, and where blocks of these sizes begin in them: at multiples of 16. */
export function claimMemory<const Sizes extends Readonly<Record<string, number>>>(memory: WasmMemory, sizes: Sizes) {
  const starts: Record<string, number> = {};
  let end = 0;
  for (const [name, bytes] of Object.entries(sizes)) {
    starts[name] = end;
    end = Math.ceil((end + bytes + slackBytes) / 16) * 16;
  }
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  return { bytes: new Uint8Array(memory.buffer), starts: starts as { readonly [Name in keyof Sizes]: number } };
}
