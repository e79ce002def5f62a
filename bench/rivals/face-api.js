// @vladmandic/face-api on the wasm backend: tiny detector, 68 points, expressions.
import { createRequire } from "node:module";
import path from "node:path";
import { serve } from "./serve.js";

const require = createRequire(import.meta.url);
const root = (name) => path.dirname(require.resolve(`${name}/package.json`));

const tf = require("@tensorflow/tfjs");
require("@tensorflow/tfjs-backend-wasm").setWasmPaths(`${root("@tensorflow/tfjs-backend-wasm")}/dist/`);
await tf.setBackend("wasm");
await tf.ready();
const faceapi = require("@vladmandic/face-api/dist/face-api.node-wasm.js");
const models = `${root("@vladmandic/face-api")}/model`;
const nets = [faceapi.nets.tinyFaceDetector, faceapi.nets.faceLandmark68Net, faceapi.nets.faceExpressionNet];
for (const net of nets) await net.loadFromDisk(models);
const options = new faceapi.TinyFaceDetectorOptions({ inputSize: 416 });

await serve({
  version: require("@vladmandic/face-api/package.json").version,
  async read({ width, height, data }) {
    const tensor = faceapi.tf.tensor3d(new Int32Array(data), [height, width, 3], "int32");
    const faces = await faceapi.detectAllFaces(tensor, options).withFaceLandmarks().withFaceExpressions();
    tensor.dispose();
    return { faces: faces.length, points: faces[0]?.landmarks.positions.length ?? 0, backend: faceapi.tf.getBackend() };
  },
});
