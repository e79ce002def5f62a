import { type CodecInstance, type CodecPlatform, compiledOnce, reusable } from "./codec.ts";
import { type WasmImports, type WasmInstance, wasm } from "./wasm.ts";

/** The part of an Emscripten module factory's options that is used here. */
interface FactoryOptions {
  readonly noInitialRun: boolean;
  readonly print: (line: string) => void;
  readonly printErr: (line: string) => void;
  readonly instantiateWasm: (
    imports: WasmImports,
    receive: (instance: WasmInstance) => void,
  ) => WasmInstance["exports"];
}

/** An Emscripten codec of jSquash: its JavaScript is imported on first use, its wasm compiled once. */
export function emscriptenCodec<Codec>(
  platform: CodecPlatform,
  { file, glue }: { file: string; glue: () => Promise<{ readonly default: unknown }> },
) {
  const compiled = compiledOnce(platform, file);
  const create = async (): Promise<CodecInstance<Codec>> => {
    const [module, { default: factory }] = await Promise.all([compiled(), glue()]);
    const printed: string[] = [];
    const codec = await (factory as (options: FactoryOptions) => Promise<Codec>)({
      noInitialRun: true,
      print: (line) => printed.push(line),
      printErr: (line) => printed.push(line),
      instantiateWasm: (imports, receive) => {
        const instance = new wasm.Instance(module, imports);
        receive(instance);
        return instance.exports;
      },
    });
    return { codec, printed };
  };
  return reusable(create);
}
