import type { ServerDetails } from "@foveajs/client";
import { type ServerOptions, serverClient } from "./client.ts";

/** What has to be known of the server before anything is asked of it. */
export type ServerFacts = ServerDetails;

/** Asks the server what it is; it answers without a key. */
export const readFacts = (options?: ServerOptions): Promise<ServerFacts> => serverClient(options).server();
