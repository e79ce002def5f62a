import type { Session, Tensor } from "@foveajs/operations";
import type { Remote } from "../config/config.ts";
import { errors } from "../errors.ts";
import { HEADER_LENGTH, readInferResponse, writeMessage } from "./messages.ts";

/** A model on another server of the Open Inference Protocol, as a session: tensors go and come in binary. */
export function openRemoteSession(name: string, { url, model = name, timeout_ms, headers }: Remote): Session {
  const base = `${url.replace(/\/+$/, "")}/v2/models/${encodeURIComponent(model)}`;
  const ask = async (path: string, init: RequestInit, signal?: AbortSignal) => {
    const limit = AbortSignal.timeout(timeout_ms);
    const stop = signal ? AbortSignal.any([signal, limit]) : limit;
    try {
      const response = await fetch(`${base}${path}`, { ...init, signal: stop, redirect: "error" });
      const body = new Uint8Array(await response.arrayBuffer());
      if (!response.ok) throw new Error(`${response.status} ${Buffer.from(body.subarray(0, 500)).toString("utf8")}`);
      return { body, headers: response.headers };
    } catch (cause) {
      if (signal?.aborted) throw cause;
      const { message, cause: deeper } = cause as Error;
      const reason = limit.aborted
        ? `no answer after ${timeout_ms} ms`
        : deeper instanceof Error
          ? deeper.message
          : message;
      throw errors["remote-failed"]({ url: base, reason }, { cause });
    }
  };
  return {
    device: `remote ${new URL(url).host}`,
    // the other server knows them; nothing here asks
    inputNames: [],
    outputNames: [],
    async run(feeds, { signal } = {}): Promise<Readonly<Record<string, Tensor>>> {
      const tensors = Object.entries(feeds).map(([input, tensor]) => ({ name: input, tensor, binary: true }));
      const { body, jsonLength } = writeMessage({ parameters: { binary_data_output: true } }, "inputs", tensors);
      const sent = {
        method: "POST",
        body,
        headers: { ...headers, "content-type": "application/octet-stream", [HEADER_LENGTH]: String(jsonLength) },
      };
      const answer = await ask("/infer", sent, signal);
      const length = answer.headers.get(HEADER_LENGTH);
      return readInferResponse({ body: answer.body, jsonLength: length === null ? undefined : Number(length) });
    },
    dispose: async () => {},
  };
}
