import { analyzeRoute, detectRoute } from "./analyze.ts";
import { evaluateRoute } from "./evaluate.ts";
import { liveRoute, metricsRoute, readyRoute } from "./health.ts";
import { cancelRoute, eventsRoute, jobModelRoute, jobRoute, jobsRoute, trainRoute } from "./jobs.ts";
import { modelRoute, modelsRoute, predictRoute } from "./models.ts";
import { protocolRoutes } from "./protocol.ts";
import type { Route } from "./route.ts";

/** All routes, in the order of the documents; the documents themselves follow from it. */
export const routes: readonly Route[] = [
  analyzeRoute,
  detectRoute,
  modelsRoute,
  modelRoute,
  predictRoute,
  evaluateRoute,
  trainRoute,
  jobsRoute,
  jobRoute,
  eventsRoute,
  cancelRoute,
  jobModelRoute,
  liveRoute,
  readyRoute,
  metricsRoute,
  ...protocolRoutes,
];
