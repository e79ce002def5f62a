import { type ErrorKind, errorTable, FoveaError } from "@foveajs/errors";

/** What goes wrong on this side of the wire; what the server refuses keeps the server's code and help. */
export const errors = errorTable("client", {
  "bad-address": {
    kind: "input",
    message: ({ received }: { received: string }) =>
      `baseUrl: expected the address of a server, received "${received}".`,
    help: () => "give what `fovea serve` prints, such as http://127.0.0.1:8700.",
  },
  "bad-name": {
    kind: "input",
    message: ({ what, received }: { what: string; received: string }) =>
      `${what}: expected a name or an id, received "${received}".`,
    help: () => "models() and jobs() list what there is.",
  },
  unreachable: {
    kind: "conflict",
    message: ({ what, reason }: { what: string; reason: string }) => `${what}: the server did not answer (${reason}).`,
    help: () =>
      "check that it runs and that its address is right; from a page, that it names the page's origin under `cors_origins`.",
  },
  "bad-answer": {
    kind: "conflict",
    message: ({ what, expected, received }: { what: string; expected: string; received: string }) =>
      `${what}: expected ${expected}, received ${received}.`,
    help: () => "check that baseUrl leads to a Fovea server of this client's version, and what a proxy before it says.",
  },
  "events-lost": {
    kind: "conflict",
    message: ({ job, attempts }: { job: string; attempts: number }) =>
      `job ${job}: its events could not be followed; ${attempts} attempts in a row brought none.`,
    help: () => "the job goes on without a listener: ask trainEvents again, with `after` as the id of the last event.",
  },
  "bad-picture": {
    kind: "input",
    message: ({ received }: { received: string }) =>
      `expected a path, a File or Blob, bytes, or { name, bytes } as a file, received ${received}.`,
    help: () => "wrap what you have: new Uint8Array(...) or new Blob([...]).",
  },
  "no-paths-here": {
    kind: "input",
    message: ({ path }: { path: string }) => `expected a File, a Blob or bytes in a page, received the path "${path}".`,
    help: () => "take the File of an <input type=file>, or fetch the address and pass its blob().",
  },
  "unreadable-file": {
    kind: "missing",
    message: ({ path, reason }: { path: string; reason: string }) => `"${path}" cannot be read (${reason}).`,
    help: () => "check the spelling, and the folder that the path starts from.",
  },
  "bad-tensor": {
    kind: "input",
    message: ({ where, expected, received }: { where: string; expected: string; received: string }) =>
      `tensor "${where}": expected ${expected}, received ${received}.`,
    help: () => "a tensor is { dtype, shape, data }: as many elements as its shape says, in the array of its dtype.",
  },
});

/** What a server answered instead of what it was asked for; `code`, message and `help` are the server's. */
export class ResponseError extends FoveaError {
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** The request's id, as the server's log has it; undefined where the answer comes from something before it. */
  readonly requestId: string | undefined;
  /** How long the server wants to be left alone, in milliseconds; undefined where it does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(fields: {
    code: string;
    kind: ErrorKind;
    message: string;
    help: string;
    status: number;
    requestId: string | undefined;
    retryAfterMs: number | undefined;
  }) {
    super(fields);
    this.status = fields.status;
    this.requestId = fields.requestId;
    this.retryAfterMs = fields.retryAfterMs;
  }
}
