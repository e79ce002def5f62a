import { createClient, type FoveaClient } from "@foveajs/client";
import { readKey } from "./key.ts";

export interface ServerOptions {
  /** The key to send, undefined for none; that of the session when absent. */
  readonly key?: string | undefined;
  /** Address of the server; the one that the page came from when absent. */
  readonly base?: string;
  readonly fetch?: typeof fetch;
}

/** The routes of the server as functions; made anew for each question, since the key of the session may be another one by then. */
export function serverClient(options: ServerOptions = {}): FoveaClient {
  const { base = new URL(".", document.baseURI).href, fetch } = options;
  const key = "key" in options ? options.key : readKey();
  return createClient({ baseUrl: base, ...(key === undefined ? {} : { key }), ...(fetch ? { fetch } : {}) });
}
