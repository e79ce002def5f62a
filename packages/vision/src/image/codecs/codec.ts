import type { Image } from "../image.ts";
import type { WasmModule } from "./wasm.ts";

/** Pixels as the codecs hand them over: rows from the top, R, G, B, A of each pixel, unassociated alpha. */
export interface RgbaPixels {
  readonly width: number;
  readonly height: number;
  /** height * width * 4 samples: 0 to 255, or 0 to 65535 in a Uint16Array. */
  readonly data: Uint8ClampedArray | Uint8Array | Uint16Array;
}

/** What a decoder gives, in the stored orientation: pixels of a wasm codec, or RGB of the native one. */
export type Stored = { readonly rgba: RgbaPixels } | { readonly rgb: Image };

/** Interleaved bytes of a native decoder. */
export interface NativePixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** height * width * channels bytes. */
  readonly data: Uint8Array;
}

/** What Node and the browser do differently; `codecs/node.ts` and `codecs/browser.ts` each export one. */
export interface CodecPlatform {
  /** Compiles a codec's wasm file, named by its path in the package registry: `@jsquash/png/codec/pkg/...wasm`. */
  compile(file: string): Promise<WasmModule>;
  /** Whether a native decoder is at hand. */
  hasNative(): Promise<boolean>;
  /** Decodes with the native decoder to stored orientation; rejects on any damage. `profile`: what to do with an ICC one. */
  decodeNative(bytes: Uint8Array, options: { profile: "ignore" | "apply" }): Promise<NativePixels>;
}

/** A codec that failed: what it said, for the error that the user sees. */
export class CodecFailure extends Error {
  readonly lines: readonly string[];

  constructor(lines: readonly string[], cause: unknown) {
    super(lines.join("; ") || (cause instanceof Error ? cause.message : String(cause)), { cause });
    this.lines = lines;
  }
}

/** A codec's wasm instance and the lines that it has printed. */
export interface CodecInstance<Codec> {
  readonly codec: Codec;
  readonly printed: string[];
}

/** Compiles a codec's wasm file on first use and keeps it; a failure, such as of the network, is tried again next time. */
export function compiledOnce(platform: CodecPlatform, file: string): () => Promise<WasmModule> {
  let compiled: Promise<WasmModule> | undefined;
  return () => {
    compiled ??= platform.compile(file).catch((cause: unknown) => {
      compiled = undefined;
      throw cause;
    });
    return compiled;
  };
}

// an instance keeps its largest heap for ever: above this it is dropped after use
const keptPixels = 24e6;

/**
 * Keeps one instance of a wasm codec and makes a new one after each failure, because a failed decode leaves its
 * memory (and, for Rust, its stack pointer) behind and the instance hangs after some tens of them.
 */
export function reusable<Codec>(create: () => Promise<CodecInstance<Codec>>) {
  let current: Promise<CodecInstance<Codec>> | undefined;
  /** Runs `use` synchronously on the instance; `pixels` is the size of the picture. */
  return async <Result>(
    pixels: number,
    use: (codec: Codec) => Result,
  ): Promise<{ result: Result; lines: string[] }> => {
    const instance = current ?? create();
    current = instance;
    let running: CodecInstance<Codec>;
    try {
      running = await instance;
    } catch (cause) {
      if (current === instance) current = undefined;
      throw cause;
    }
    const { codec, printed } = running;
    printed.length = 0;
    let result: Result;
    try {
      result = use(codec);
    } catch (cause) {
      if (current === instance) current = undefined;
      throw new CodecFailure([...printed], cause);
    }
    if ((printed.length > 0 || pixels > keptPixels) && current === instance) current = undefined;
    return { result, lines: [...printed] };
  };
}

/** The picture of a codec that answers null instead of failing. */
export function needed<Pixels>(pixels: Pixels | null): Pixels {
  if (pixels === null) throw new Error("the codec gave no picture");
  return pixels;
}
