import { type CodecInstance, type CodecPlatform, compiledOnce, type RgbaPixels, reusable } from "./codec.ts";
import { type WasmModule, wasm } from "./wasm.ts";

/** The Rust PNG codec of jSquash. */
export interface PngCodec {
  /** 8 bits a sample. */
  decode(bytes: Uint8Array): RgbaPixels;
  /** 16 bits a sample; the data are a Uint16Array. */
  decode16(bytes: Uint8Array): RgbaPixels;
  /** RGBA, 8 bits a sample, to a PNG file. */
  encode(rgba: Uint8Array, width: number, height: number): Uint8Array;
}

/** Exports of the wasm file that are called, with the calling convention of wasm-bindgen. */
interface PngExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly __wbindgen_malloc: (bytes: number, alignment: number) => number;
  readonly __wbindgen_free: (pointer: number, bytes: number, alignment: number) => void;
  readonly __wbindgen_add_to_stack_pointer: (bytes: number) => number;
  readonly decode: (pointer: number, bytes: number) => number;
  readonly decode_rgba16: (pointer: number, bytes: number) => number;
  readonly imagedatargba16_width: (pointer: number) => number;
  readonly imagedatargba16_height: (pointer: number) => number;
  readonly imagedatargba16_data: (pointer: number) => number;
  readonly __wbg_imagedatargba16_free: (pointer: number) => void;
  readonly encode: (result: number, data: number, bytes: number, width: number, height: number, depth: number) => void;
}

/**
 * The PNG codec behind glue of our own: that of the package keeps its only instance in a module variable, and an
 * instance whose Rust code has trapped must not be used again.
 */
export function pngCodec(platform: CodecPlatform) {
  const compiled = compiledOnce(platform, "@jsquash/png/codec/pkg/squoosh_png_bg.wasm");
  return reusable<PngCodec>(async () => instantiate(await compiled()));
}

function instantiate(module: WasmModule): CodecInstance<PngCodec> {
  const objects = new Map<number, unknown>(); // what the wasm side holds by number
  let nextObject = 1;
  const hold = (value: unknown) => {
    objects.set(nextObject, value);
    return nextObject++;
  };
  const take = (handle: number) => {
    const value = objects.get(handle);
    objects.delete(handle);
    return value;
  };
  const bytesAt = (pointer: number, length: number) =>
    new Uint8Array(exports.memory.buffer, pointer >>> 0, length).slice();

  // the names end in a hash of their signature, which changes with the version of wasm-bindgen
  const functions: readonly (readonly [prefix: string, run: (...numbers: number[]) => number | undefined])[] = [
    ["__wbindgen_memory", () => hold(exports.memory)],
    ["__wbg_buffer_", (memory = 0) => hold((objects.get(memory) as PngExports["memory"]).buffer)],
    [
      "__wbg_newwithbyteoffsetandlength_",
      (buffer = 0, offset = 0, length = 0) =>
        hold(new Uint16Array(objects.get(buffer) as ArrayBuffer, offset >>> 0, length >>> 0).slice()),
    ],
    [
      "__wbg_newwithownedu8clampedarrayandsh_",
      (pointer = 0, length = 0, width = 0, height = 0) => {
        const data = bytesAt(pointer, length);
        exports.__wbindgen_free(pointer, length, 1);
        return hold({ width, height, data } satisfies RgbaPixels);
      },
    ],
    ["__wbindgen_object_drop_ref", (handle = 0) => void take(handle)],
    [
      "__wbindgen_throw",
      (pointer = 0, length = 0) => {
        throw new Error(new TextDecoder().decode(bytesAt(pointer, length)));
      },
    ],
  ];
  const imports = Object.fromEntries(
    wasm.Module.imports(module).map(({ name }) => {
      const found = functions.find(([prefix]) => name.startsWith(prefix));
      if (!found) throw new Error(`the PNG codec asks for an unknown function ${name}`);
      return [name, found[1]];
    }),
  );
  const exports = new wasm.Instance(module, { wbg: imports }).exports as unknown as PngExports;

  const pass = (bytes: Uint8Array) => {
    const pointer = exports.__wbindgen_malloc(bytes.length, 1) >>> 0;
    new Uint8Array(exports.memory.buffer).set(bytes, pointer);
    return pointer;
  };
  return {
    printed: [],
    codec: {
      decode: (bytes) => take(exports.decode(pass(bytes), bytes.length)) as RgbaPixels,
      decode16: (bytes) => {
        const image = exports.decode_rgba16(pass(bytes), bytes.length) >>> 0;
        const data = take(exports.imagedatargba16_data(image)) as Uint16Array;
        const pixels = {
          width: exports.imagedatargba16_width(image),
          height: exports.imagedatargba16_height(image),
          data,
        };
        exports.__wbg_imagedatargba16_free(image);
        return pixels;
      },
      encode: (rgba, width, height) => {
        const result = exports.__wbindgen_add_to_stack_pointer(-16);
        exports.encode(result, pass(rgba), rgba.length, width, height, 8);
        const [pointer = 0, length = 0] = new Int32Array(exports.memory.buffer, result, 2);
        const file = bytesAt(pointer, length);
        exports.__wbindgen_free(pointer, length, 1);
        exports.__wbindgen_add_to_stack_pointer(16);
        return file;
      },
    },
  };
}
