/** A compiled wasm file. */
export interface WasmModule {
  readonly wasmModule: unique symbol;
}
export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}
export type WasmImports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The global `WebAssembly` of Node and browsers, which TypeScript's es2023 library does not declare. */
export const wasm = (
  globalThis as unknown as {
    readonly WebAssembly: {
      compile(bytes: Uint8Array | ArrayBuffer): Promise<WasmModule>;
      readonly Module: { imports(module: WasmModule): readonly { readonly module: string; readonly name: string }[] };
      readonly Instance: new (module: WasmModule, imports: WasmImports) => WasmInstance;
    };
  }
).WebAssembly;
