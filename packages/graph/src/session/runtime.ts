/** What computes here: onnxruntime's version and the execution providers that it was built with. */
export interface RuntimeInfo {
  readonly version: string;
  /** `bundled`: its library is inside the package; others must be installed by the user. */
  readonly providers: readonly { readonly name: string; readonly bundled: boolean }[];
}

/** Asks onnxruntime; loads its library, so it is not asked at the start of a program. */
export async function runtimeInfo(): Promise<RuntimeInfo> {
  const ort = await import("onnxruntime-node");
  return { version: ort.env.versions.node ?? ort.env.versions.common, providers: ort.listSupportedBackends() };
}
