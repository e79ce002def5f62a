import { operations } from "@foveajs/operations";
import { serverOperations } from "@foveajs/server/verbs";

/** All verbs of the command line: what the product can do, and the server that does it for others. */
export const verbs = [...operations, ...serverOperations] as const;
