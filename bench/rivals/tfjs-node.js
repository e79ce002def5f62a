import { createRequire } from "node:module";
import path from "node:path";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { createTensorflow } from "./tfjs-train.js";

/** TensorFlow.js in Node: its plain backend is built in, the one of wasm reads its files from its package. */
export function createTensorflowInNode({ threads, ...options }) {
  setWasmPaths(`${path.dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  setThreadsCount(threads);
  return createTensorflow(options);
}
