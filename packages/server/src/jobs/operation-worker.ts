import { parentPort, workerData } from "node:worker_threads";
import { asFoveaError } from "@foveajs/errors";
import { createNodeContext, operations, runOperation } from "@foveajs/operations";
import { sentError } from "../inference/messages.ts";
import type { OperationReport, OperationSetup } from "./operation-messages.ts";

// A thread that runs one operation, so that what takes long never holds up the answering of requests.
const { operation, input } = workerData as OperationSetup;
const stop = new AbortController();
const report = (message: OperationReport) => parentPort!.postMessage(message);

parentPort!.on("message", () => stop.abort());
try {
  const found = operations.find(({ name }) => name === operation)!;
  const context = createNodeContext({ signal: stop.signal, progress: () => {} });
  for await (const result of runOperation(found, input, context)) report({ type: "result", result });
  report({ type: "done" });
} catch (thrown) {
  report({ type: "failed", error: sentError(asFoveaError(thrown)) });
} finally {
  parentPort!.close();
}
