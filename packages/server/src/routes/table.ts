import { analyzeRoute, detectRoute } from "./analyze.ts";
import { createDatasetRoute, datasetRoute, datasetsRoute, deleteDatasetRoute, putPictureRoute } from "./datasets.ts";
import { evaluateRoute } from "./evaluate.ts";
import { liveRoute, metricsRoute, readyRoute } from "./health.ts";
import { cancelRoute, eventsRoute, jobModelRoute, jobRoute, jobsRoute } from "./jobs.ts";
import { createKeyRoute, keysRoute, revokeKeyRoute } from "./keys.ts";
import { modelRoute, modelsRoute, predictRoute } from "./models.ts";
import { protocolRoutes } from "./protocol.ts";
import type { Route } from "./route.ts";
import { exampleRoute, serverRoute } from "./server.ts";
import { trainRoute } from "./train.ts";

/** All routes, in the order of the documents; the documents themselves follow from it. */
export const routes: readonly Route[] = [
  analyzeRoute,
  detectRoute,
  modelsRoute,
  modelRoute,
  predictRoute,
  evaluateRoute,
  createDatasetRoute,
  datasetsRoute,
  datasetRoute,
  putPictureRoute,
  deleteDatasetRoute,
  trainRoute,
  jobsRoute,
  jobRoute,
  eventsRoute,
  cancelRoute,
  jobModelRoute,
  keysRoute,
  createKeyRoute,
  revokeKeyRoute,
  serverRoute,
  exampleRoute,
  liveRoute,
  readyRoute,
  metricsRoute,
  ...protocolRoutes,
];
