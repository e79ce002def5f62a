import { errors } from "../errors.ts";
import { addressOf } from "./address.ts";
import { responseError } from "./response-error.ts";
import type { InputOf, JsonOf, MethodOf, Path, RouteOf } from "./route-types.ts";
import { sleep } from "./sleep.ts";

/** Where requests go and how. */
export interface ConnectionOptions {
  /** Address of the server, such as http://127.0.0.1:8700; "" in a page that comes from the server. */
  readonly baseUrl: string;
  /** An API key, where the server asks for one. */
  readonly key?: string | undefined;
  /** What is done when the server has too much to do (429). */
  readonly retry?: {
    /** How often it is asked again; 0 for never, 3 when absent. */
    readonly times?: number;
    /** A server that wants to be left alone for longer than so many milliseconds is not asked again; 30,000 when absent. */
    readonly maxWaitMs?: number;
  };
  /** Sends a request; the platform's own when absent. */
  readonly fetch?: (address: string, init: RequestInit) => Promise<Response>;
}

/** What may stand beside the arguments of any call. */
export interface CallOptions {
  /** Gives the call up: it rejects with the signal's reason, and the server stops working on it. */
  readonly signal?: AbortSignal | undefined;
}

/** A request of a route, typed by the OpenAPI document; bodies other than JSON go out as they are. */
export type RouteInput<P extends Path, M extends MethodOf<P>> = InputOf<RouteOf<P, M>> &
  CallOptions & { readonly headers?: Readonly<Record<string, string>> };

/**
 * A server to be asked. A request is made until it is answered, again where the server says 429. Each function throws
 * `ResponseError` for what is refused, `client/unreachable`, `client/bad-answer`, or the signal's reason.
 */
export interface Connection {
  /** The answer with its body unread. */
  response<P extends Path, M extends MethodOf<P>>(method: M, path: P, input: RouteInput<P, M>): Promise<Response>;
  /** The JSON of the answer. */
  json<P extends Path, M extends MethodOf<P>>(
    method: M,
    path: P,
    input: RouteInput<P, M>,
  ): Promise<JsonOf<RouteOf<P, M>>>;
  /** The bytes of the answer, and its headers. */
  bytes<P extends Path, M extends MethodOf<P>>(
    method: M,
    path: P,
    input: RouteInput<P, M>,
  ): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly headers: Headers }>;
}

/** An input as it is at run time. */
interface AnyInput extends CallOptions {
  readonly path?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly json?: unknown;
  readonly body?: FormData | Blob | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Without a Retry-After: waits of 1, 2, 4 ... seconds. */
const FIRST_WAIT_MS = 1000;

export function connect(options: ConnectionOptions): Connection {
  const { baseUrl: base, key, retry: { times = 3, maxWaitMs = 30_000 } = {} } = options;
  // looked up at each call, so that what replaces it (an instrumentation, a test) is used
  const send: NonNullable<ConnectionOptions["fetch"]> =
    options.fetch ?? ((address, init) => globalThis.fetch(address, init));
  if (!URL.canParse(base, globalThis.location?.href)) throw errors["bad-address"]({ received: base });
  const authorization: Readonly<Record<string, string>> = key === undefined ? {} : { authorization: `Bearer ${key}` };

  const response = async (method: string, route: string, input: AnyInput): Promise<Response> => {
    const { path = {}, query = {}, json, body, headers = {}, signal = null } = input;
    const address = addressOf(route, { base, path, query });
    const init: RequestInit = {
      method: method.toUpperCase(),
      headers: { ...authorization, ...(json === undefined ? {} : { "content-type": "application/json" }), ...headers },
      body: json === undefined ? (body ?? null) : JSON.stringify(json),
      signal,
    };
    const what = whatOf(method, route);
    for (let attempt = 0; ; attempt++) {
      const answer = await guarded(what, input, () => send(address, init));
      if (answer.ok) return answer;
      const refusal = responseError(answer, await guarded(what, input, () => answer.text()), what);
      const waitMs = refusal.retryAfterMs ?? FIRST_WAIT_MS * 2 ** attempt;
      if (answer.status !== 429 || attempt >= times || waitMs > maxWaitMs) throw refusal;
      await sleep(waitMs, input.signal);
    }
  };
  const read = async <Value>(
    [method, route, input]: readonly [string, string, AnyInput],
    reader: (answer: Response) => Promise<Value>,
  ): Promise<Value> => {
    const answer = await response(method, route, input);
    return guarded(whatOf(method, route), input, () => reader(answer));
  };
  return {
    response,
    json: async (...request) => {
      const text = await read(request, (answer) => answer.text());
      try {
        return JSON.parse(text);
      } catch (cause) {
        const received = `"${text.slice(0, 100)}"`;
        throw errors["bad-answer"]({ what: whatOf(request[0], request[1]), expected: "JSON", received }, { cause });
      }
    },
    bytes: (...request) =>
      read(request, async (answer) => ({ bytes: new Uint8Array(await answer.arrayBuffer()), headers: answer.headers })),
  };
}

const whatOf = (method: string, route: string): string => `${method.toUpperCase()} ${route}`;

async function guarded<Value>(what: string, { signal }: CallOptions, run: () => Promise<Value>): Promise<Value> {
  signal?.throwIfAborted();
  try {
    return await run();
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw errors.unreachable({ what, reason: reasonOf(cause) }, { cause });
  }
}

/** Why a connection failed: `fetch` says so in the cause of its error, where it may say so at all. */
export function reasonOf(thrown: unknown): string {
  const { message, cause } = thrown as Error;
  return cause instanceof Error ? cause.message || ((cause as { code?: string }).code ?? message) : message;
}
