// @vladmandic/human on the wasm backend: detector, mesh, emotion; everything else is off.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { serve } from "./serve.js";

const require = createRequire(import.meta.url);
const root = (name) => path.dirname(require.resolve(name));
const human = path.join(root("@vladmandic/human"), "..");
const wasm = `${root("@tensorflow/tfjs-backend-wasm")}/`;

// its models are fetched, and fetch reads no files
const server = createServer(async (request, response) => {
  const bytes = await readFile(path.join(human, "models", path.basename(request.url ?? ""))).catch(() => undefined);
  response.writeHead(bytes ? 200 : 404).end(bytes);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
server.unref();

require("@tensorflow/tfjs-backend-wasm").setWasmPaths(wasm);
const { Human } = require(path.join(human, "dist", "human.node-wasm.js"));
const off = { enabled: false };
const subject = new Human({
  backend: "wasm",
  wasmPath: wasm,
  modelBasePath: `http://127.0.0.1:${server.address().port}/`,
  cacheSensitivity: 0,
  filter: off,
  gesture: off,
  body: off,
  hand: off,
  object: off,
  segmentation: off,
  face: {
    enabled: true,
    detector: { rotation: false, maxDetected: 10 },
    mesh: { enabled: true },
    emotion: { enabled: true },
    iris: off,
    description: off,
    antispoof: off,
    liveness: off,
  },
});
await subject.load();

await serve({
  version: subject.version,
  async read({ width, height, data }) {
    const tensor = subject.tf.tensor(data, [1, height, width, 3], "float32");
    const { face, error } = await subject.detect(tensor);
    tensor.dispose();
    if (error) throw new Error(String(error));
    return { faces: face.length, points: face[0]?.mesh?.length ?? 0, backend: subject.tf.getBackend() };
  },
});
