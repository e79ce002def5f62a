import { type ErrorKind, FoveaError } from "@foveajs/errors";
import { errors } from "../errors.ts";
import { readKey } from "./key.ts";

export interface AskOptions {
  readonly method?: "GET" | "POST" | "DELETE";
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly signal?: AbortSignal;
  /** The key to send, undefined for none; that of the session when absent. */
  readonly key?: string | undefined;
  readonly fetch?: typeof fetch;
}

/** Asks a route of the server that the page came from; what is no success is a FoveaError with the server's code and help. */
export async function ask(path: string, options: AskOptions = {}): Promise<Response> {
  const { method = "GET", json, signal, fetch: send = fetch } = options;
  const key = "key" in options ? options.key : readKey();
  const headers = {
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(json === undefined ? {} : { "content-type": "application/json" }),
  };
  const body = json === undefined ? {} : { body: JSON.stringify(json) };
  const response = await send(path, { method, headers, ...body, ...(signal ? { signal } : {}) }).catch(
    (cause: Error) => {
      if (signal?.aborted) throw cause;
      throw errors["no-server"]({}, { cause });
    },
  );
  if (!response.ok) throw await faultOf(response);
  return response;
}

/** The JSON that a route answers. */
export async function askJson<Answer>(path: string, options: AskOptions = {}): Promise<Answer> {
  return (await (await ask(path, options)).json()) as Answer;
}

/** Whether an error says that the server wants a key, or another one. */
export const wantsKey = (error: unknown): boolean =>
  error instanceof FoveaError && (error.code === "server/key-needed" || error.code === "server/scope-needed");

/** The problem document (RFC 9457) of an answer, or what can be said without one. */
async function faultOf(response: Response): Promise<FoveaError> {
  const { status } = response;
  const problem: unknown = await response.json().catch(() => undefined);
  const text = (name: string): string | undefined => {
    const value =
      typeof problem === "object" && problem !== null ? (problem as Record<string, unknown>)[name] : undefined;
    return typeof value === "string" ? value : undefined;
  };
  const [code, message, help] = [text("code"), text("detail") ?? text("error"), text("help")];
  if (code === undefined || message === undefined) return errors["server-failed"]({ status });
  return new FoveaError({ code, kind: kindOf(status), message, help: help ?? "" });
}

const kindOf = (status: number): ErrorKind =>
  status >= 500 ? "internal" : status === 404 ? "missing" : status === 409 ? "conflict" : "input";
