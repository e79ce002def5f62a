/** What computes here: onnxruntime's version and the execution providers that it was built with. */
export interface RuntimeInfo {
  readonly version: string;
  /** `bundled`: its library is inside the package; others must be installed by the user. */
  readonly providers: readonly { readonly name: string; readonly bundled: boolean }[];
}
