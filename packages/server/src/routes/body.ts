import { FoveaError } from "@foveajs/errors";
import { errors } from "../errors.ts";

/** Bytes that the bodies of all requests may hold together, so that many large ones do not exhaust the memory. */
export interface BodyBudget {
  /** Takes bytes for a request: throws `server/memory-full` where there are none left. */
  take(bytes: number): void;
  give(bytes: number): void;
}

export function createBodyBudget(totalBytes: number): BodyBudget {
  let left = totalBytes;
  return {
    take(bytes) {
      if (bytes > left) throw errors["memory-full"]({ limitBytes: totalBytes });
      left -= bytes;
    },
    give(bytes) {
      left += bytes;
    },
  };
}

/** All bytes of a request's body, up to a limit; what goes beyond it is not read. `take` hears of bytes before they are kept. */
export async function readBody(
  request: Request,
  { limitBytes, take = () => {} }: { limitBytes: number; take?: (bytes: number) => void },
): Promise<Uint8Array> {
  const told = Number(request.headers.get("content-length") ?? 0);
  if (told > limitBytes) throw errors["body-too-large"]({ limitBytes });
  if (request.body === null) return new Uint8Array(0);
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of request.body as unknown as AsyncIterable<Uint8Array>) {
      size += piece.length;
      if (size > limitBytes) break;
      take(piece.length);
      pieces.push(piece);
    }
  } catch (cause) {
    if (cause instanceof FoveaError) throw cause;
    throw errors["body-cut"]({ reason: (cause as Error).message }, { cause });
  }
  if (size > limitBytes) throw errors["body-too-large"]({ limitBytes });
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}
