import type { Operation } from "@foveajs/operations";
import { createKey, listKeys, revokeKey } from "./keys.ts";
import { serve } from "./serve.ts";

/** What the command line can do with a server, besides the operations that the server itself serves. */
export const serverOperations = [serve, createKey, listKeys, revokeKey] as const satisfies readonly Operation[];
