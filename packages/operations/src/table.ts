import type { Operation } from "./operation.ts";
import { analyze } from "./verbs/analyze.ts";
import { doctor } from "./verbs/doctor.ts";
import { models, showModel, verifyModels } from "./verbs/models.ts";
import { train } from "./verbs/train.ts";

/** All that the product can do, in the order of help; every edge (command line, HTTP, documents) follows from it. */
export const operations = [
  analyze,
  train,
  models,
  showModel,
  verifyModels,
  doctor,
] as const satisfies readonly Operation[];
