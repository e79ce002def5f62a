import { errors } from "../errors.ts";
import { reasonOf } from "../requests/connect.ts";
import { createEventParser, type StreamMessage } from "./parse-events.ts";

/**
 * The messages of one connection until it closes. Throws `client/unreachable` where it breaks or nothing comes for
 * `idleMs`, and the signal's reason. Whoever stops reading closes the connection.
 */
export async function* readStream(
  stream: ReadableStream<Uint8Array>,
  { what, idleMs, signal }: { what: string; idleMs: number; signal: AbortSignal | undefined },
): AsyncIterable<StreamMessage> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  const parse = createEventParser();
  try {
    for (;;) {
      const { value, done } = await withLimit(reader.read(), idleMs);
      if (done) return;
      yield* parse(decoder.decode(value, { stream: true }));
    }
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw errors.unreachable({ what, reason: reasonOf(cause) }, { cause });
  } finally {
    // neither waited for nor of interest: a connection that is broken cannot be closed
    reader.cancel().catch(() => {});
  }
}

async function withLimit<Value>(work: Promise<Value>, idleMs: number): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came for ${idleMs} ms`)), idleMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
