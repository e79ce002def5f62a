/**
 * Engines that `bench -- train` knows, by the name that `--engines` takes. Those with `open` run in a process of engines/serve.js,
 * loaded there alone; those with `layout` in bench/torch-server.py. `rival`: installed into bench/rivals on first use. `slow`: at most so many
 * samples a step and so many rounds of one step, since more would take minutes; `once`: the first step alone is measured.
 * `cannot(work)`: why a work is left out.
 */
export const engines = {
  fovea: {
    async open({ work, batch, threads, idle }) {
      const [{ createFovea }, { runtimeInfo }] = await Promise.all([import("./fovea.js"), import("@foveajs/graph")]);
      const { version } = await runtimeInfo();
      return { version: `onnxruntime ${version}`, ...(await createFovea({ work, batch, threads, idle })) };
    },
  },
  pytorch: { layout: "contiguous" },
  pytorch_channels_last: {
    layout: "channels_last",
    cannot: ({ network }) =>
      network.layers.some(({ layer }) => layer === "convolution")
        ? undefined
        : "no map with channels: the same as pytorch",
  },
  "jax-js": {
    rival: true,
    slow: { batch: 4, rounds: 2 },
    open: async (options) => (await import("../rivals/jax-train.js")).createJax({ ...options, device: "wasm" }),
  },
  tfjs: {
    rival: true,
    slow: { batch: 4, rounds: 2 },
    open: async (options) =>
      (await import("../rivals/tfjs-node.js")).createTensorflowInNode({ ...options, backend: "wasm" }),
  },
  tfjs_cpu: {
    rival: true,
    slow: { batch: 1, rounds: 1, once: true },
    open: async (options) =>
      (await import("../rivals/tfjs-node.js")).createTensorflowInNode({ ...options, backend: "cpu" }),
  },
};
