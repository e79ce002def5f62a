import type { ErrorKind, FoveaError } from "@foveajs/errors";

/** Status by kind, where an error has none of its own. */
const byKind: Readonly<Record<ErrorKind, number>> = {
  input: 422,
  missing: 404,
  conflict: 409,
  // the status that proxies write in their logs for a client that has gone; nobody receives it
  cancelled: 499,
  internal: 500,
};

const byCode: Readonly<Record<string, number>> = {
  "server/method-not-allowed": 405,
  "server/bad-request": 400,
  "server/unsupported-media": 415,
  "server/body-too-large": 413,
  "server/body-cut": 400,
  "server/no-file": 400,
  "server/too-many-files": 413,
  "server/key-needed": 401,
  "server/scope-needed": 403,
  "server/wrong-host": 421,
  "server/wrong-origin": 403,
  "server/too-many-requests": 429,
  "server/queue-full": 429,
  "server/memory-full": 429,
  "server/stopping": 503,
  "server/not-ready": 503,
  "server/worker-lost": 503,
  "server/worker-failed": 503,
  "server/deadline": 504,
  "server/purpose-refused": 403,
  "server/file-busy": 503,
  "server/bad-name": 400,
  "server/bad-tensor": 400,
  "server/remote-failed": 502,
  "vision/image-too-large": 413,
  "vision/image-unknown-format": 415,
  "vision/image-unsupported": 415,
  // a graph that the runtime does not take tensors for: they are of the client's making
  "graph/runtime-failed": 400,
};

/** HTTP status of an error. */
export const statusOf = ({ code, kind }: Pick<FoveaError, "code" | "kind">): number => byCode[code] ?? byKind[kind];
