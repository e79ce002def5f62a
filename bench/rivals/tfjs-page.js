import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgpu";
import { createTensorflow } from "./tfjs-train.js";

/** TensorFlow.js in a page; `assets`: URL of the folder with the wasm backend's files. */
export function createTensorflowInPage({ threads, assets, ...options }) {
  setWasmPaths(assets);
  if (threads !== undefined) setThreadsCount(threads);
  return createTensorflow(options);
}
