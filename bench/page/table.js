/** One step of one sample: what a GPU in software can do in a minute. */
const SOFTWARE = { batch: 1, rounds: 1, once: true };

/**
 * Engines in a page, as engines/table.js has those of Node: `opener` and `settings` go to page/program.js. `adapter`: what WebGPU runs on,
 * null where there is none; one in software is slow, and so is WebGL then.
 */
export function pageEngines({ adapter, threads }) {
  const slow = isSoftware(adapter ?? "software") ? SOFTWARE : undefined;
  const cannot = () => (adapter === null ? "no WebGPU adapter" : undefined);
  return {
    fovea: { opener: "fovea", settings: { device: "wasm", threads } },
    fovea_1_thread: { opener: "fovea", settings: { device: "wasm", threads: 1 } },
    fovea_webgpu: { opener: "fovea", settings: { device: "webgpu" }, slow, cannot },
    tfjs_wasm: { opener: "tensorflow", settings: { backend: "wasm", threads } },
    tfjs_webgl: { opener: "tensorflow", settings: { backend: "webgl" }, slow },
    tfjs_webgpu: { opener: "tensorflow", settings: { backend: "webgpu" }, slow, cannot },
    "jax-js_wasm": { opener: "jax", settings: { device: "wasm" }, slow: { batch: 4, rounds: 2 } },
    "jax-js_webgl": { opener: "jax", settings: { device: "webgl" }, slow },
    "jax-js_webgpu": { opener: "jax", settings: { device: "webgpu" }, slow, cannot },
  };
}

/** Chromium's own device in software, or Mesa's. */
export const isSoftware = (adapter) => /swiftshader|llvmpipe|lavapipe|software/i.test(adapter);
