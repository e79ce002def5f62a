import type { Operation } from "./operation.ts";
import { analyze } from "./verbs/analyze.ts";
import { compare } from "./verbs/compare.ts";
import { datasets } from "./verbs/datasets.ts";
import { checkDatasets } from "./verbs/datasets-check.ts";
import { doctor } from "./verbs/doctor.ts";
import { evaluate } from "./verbs/evaluate.ts";
import { exportVerb } from "./verbs/export.ts";
import { graph } from "./verbs/graph.ts";
import { writeModelPictures } from "./verbs/model-pictures.ts";
import { writeModelResults } from "./verbs/model-results.ts";
import { models, showModel, verifyModels } from "./verbs/models.ts";
import { predict } from "./verbs/predict.ts";
import { protocols } from "./verbs/protocols.ts";
import { reproduce } from "./verbs/reproduce.ts";
import { reportRun, runs } from "./verbs/runs.ts";
import { sweep } from "./verbs/sweep.ts";
import { train } from "./verbs/train.ts";

/** All that the product can do, in the order of help; every edge (command line, HTTP, documents) follows from it. */
export const operations = [
  analyze,
  predict,
  train,
  sweep,
  reproduce,
  runs,
  reportRun,
  evaluate,
  compare,
  protocols,
  models,
  showModel,
  verifyModels,
  writeModelResults,
  writeModelPictures,
  exportVerb,
  datasets,
  checkDatasets,
  graph,
  doctor,
] as const satisfies readonly Operation[];
