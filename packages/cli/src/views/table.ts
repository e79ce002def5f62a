import { analyzeView } from "./analyze.ts";
import { compareView } from "./compare.ts";
import { checkDatasetsView, datasetsView } from "./datasets.ts";
import { doctorView } from "./doctor.ts";
import { evaluateView } from "./evaluate.ts";
import { exportView } from "./export.ts";
import { graphView } from "./graph.ts";
import { modelPicturesView, modelResultsView, modelsView, showModelView, verifyModelsView } from "./models.ts";
import { predictView } from "./predict.ts";
import { protocolsView } from "./protocols.ts";
import { reproduceView } from "./reproduce.ts";
import { reportRunView, runsView } from "./runs.ts";
import { createKeyView, listKeysView, revokeKeyView, serveView } from "./server.ts";
import { sweepView } from "./sweep.ts";
import { trainView } from "./train.ts";
import type { OperationName, ResultOf, ViewMaker } from "./view.ts";

/** The view of each operation; one without a view does not compile. */
export const views = {
  analyze: analyzeView,
  predict: predictView,
  train: trainView,
  runs: runsView,
  "runs report": reportRunView,
  sweep: sweepView,
  reproduce: reproduceView,
  evaluate: evaluateView,
  compare: compareView,
  protocols: protocolsView,
  models: modelsView,
  "models show": showModelView,
  "models verify": verifyModelsView,
  "models results": modelResultsView,
  "models pictures": modelPicturesView,
  export: exportView,
  datasets: datasetsView,
  "datasets check": checkDatasetsView,
  graph: graphView,
  doctor: doctorView,
  serve: serveView,
  "keys create": createKeyView,
  "keys list": listKeysView,
  "keys revoke": revokeKeyView,
} satisfies { readonly [Name in OperationName]: ViewMaker<ResultOf<Name>> };
