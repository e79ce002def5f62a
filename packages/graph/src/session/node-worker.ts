import { parentPort } from "node:worker_threads";
import * as ort from "onnxruntime-node";
import type { Backend } from "./backend.ts";
import { buffersOfAnswer, createEngine } from "./engine.ts";
import type { Request } from "./messages.ts";

/** The thread of one session in Node. */
const answer = createEngine(async ({ device }): Promise<Backend | null> => {
  if (!ort.listSupportedBackends().some(({ name }) => name === device)) return null;
  return device === "webgpu"
    ? { runtime: ort, keeps: "tensors", location: "gpu-buffer" }
    : { runtime: ort, keeps: "buffers", location: "cpu" };
});

const port = parentPort!;
port.on("message", async (request: Request) => {
  const given = await answer(request);
  port.postMessage(given, buffersOfAnswer(given));
});
