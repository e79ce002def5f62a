import { z } from "zod";
import { errors } from "../errors.ts";
import { json, type Route } from "./route.ts";

const state = z.object({ status: z.enum(["ok"]) });

/** Whether the process answers. */
export const liveRoute: Route = {
  method: "get",
  path: "/health/live",
  tag: "health",
  summary: "Whether the process answers.",
  scope: null,
  responses: { 200: { description: "It does.", content: { "application/json": state } } },
  handle: () => json({ status: "ok" }),
};

/** Whether requests are taken on: a worker is there and the server is not stopping. */
export const readyRoute: Route = {
  method: "get",
  path: "/health/ready",
  tag: "health",
  summary: "Whether requests are taken on.",
  scope: null,
  responses: {
    200: { description: "They are; 503 while the server starts or stops.", content: { "application/json": state } },
  },
  handle(_request, { pool, draining }) {
    if (draining.aborted) throw errors.stopping({});
    if (!pool.isReady()) throw errors["not-ready"]({});
    return json({ status: "ok" });
  },
};

/** Measurements as Prometheus reads them. */
export const metricsRoute: Route = {
  method: "get",
  path: "/metrics",
  tag: "health",
  summary: "Measurements in the format of Prometheus.",
  scope: "metrics",
  responses: { 200: { description: "Counters, gauges and histograms.", content: { "text/plain": "text" } } },
  async handle(_request, { measurements }) {
    const { text, contentType } = await measurements.text();
    return new Response(text, { headers: { "content-type": contentType } });
  },
};
