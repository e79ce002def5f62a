import type { Operation } from "./operation.ts";
import { analyze } from "./verbs/analyze.ts";
import { datasets } from "./verbs/datasets.ts";
import { checkDatasets } from "./verbs/datasets-check.ts";
import { doctor } from "./verbs/doctor.ts";
import { evaluate } from "./verbs/evaluate.ts";
import { models, showModel, verifyModels } from "./verbs/models.ts";
import { protocols } from "./verbs/protocols.ts";
import { train } from "./verbs/train.ts";

/** All that the product can do, in the order of help; every edge (command line, HTTP, documents) follows from it. */
export const operations = [
  analyze,
  train,
  evaluate,
  protocols,
  models,
  showModel,
  verifyModels,
  datasets,
  checkDatasets,
  doctor,
] as const satisfies readonly Operation[];
