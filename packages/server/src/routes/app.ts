import { randomUUID } from "node:crypto";
import { asFoveaError, FoveaError } from "@foveajs/errors";
import { Hono, type Context as HonoContext } from "hono";
import { errors } from "../errors.ts";
import { createHostCheck, isAllowedOrigin, isLoopback } from "../security/hosts.ts";
import { createRateLimit } from "../security/rate.ts";
import { admit } from "./access.ts";
import { createBodyBudget, readBody } from "./body.ts";
import { checkTexts } from "./check.ts";
import { documentRoutes } from "./documents.ts";
import { modelFile } from "./model-files.ts";
import { problemResponse } from "./problem.ts";
import type { Route, Services } from "./route.ts";
import { securityHeaders } from "./security-headers.ts";
import { staticFile } from "./static-files.ts";
import { statusOf } from "./status.ts";

/** A line of the log: what was asked and what became of it, nothing of what was in it. */
export interface LogLine {
  readonly level: "error" | "info";
  readonly request: string;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
  /** Id of the API key. */
  readonly key?: string;
  readonly code?: string;
  /** Of internal errors: where they come from. */
  readonly stack?: string;
}

export interface AppOptions {
  readonly services: Services;
  readonly routes: readonly Route[];
  /** Folder with the console's files; absent: there is no console. */
  readonly consoleFolder: string | undefined;
  readonly log: (line: LogLine) => void;
}

/** The parts of Node's server that a request carries, absent where there is no port. */
interface Bindings {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } };
  readonly outgoing?: { on(event: "close", listener: () => void): void; readonly writableFinished: boolean };
}

type Edge = HonoContext<{ Bindings: Bindings | undefined }>;

/** What answers requests, with or without a port. */
export type App = Hono<{ Bindings: Bindings | undefined }>;

/** The app, and how many requests it is answering. */
export function createApp({ services, routes, consoleFolder, log }: AppOptions): {
  app: App;
  active: () => number;
} {
  const { config, keys, measurements, pool, draining, stopping } = services;
  const budget = createBodyBudget(config.limits.memory_bytes);
  let active = 0;
  const isOwnHost = createHostCheck(config);
  const access = { keys, isOpen: !isLoopback(config.host), now: services.now };
  const rate = createRateLimit({ perMinute: config.limits.requests_per_minute, now: () => performance.now() });
  const app: App = new Hono();
  const all = [...routes, ...documentRoutes(routes, services.version)];
  const methods = new Map<string, string[]>();
  const formOf = (path: string) => (path === "/v2" || path.startsWith("/v2/") ? ({ errors: "protocol" } as const) : {});
  for (const { path, method } of all) methods.set(path, [...(methods.get(path) ?? []), method.toUpperCase()]);

  /** Runs a handler with what every answer has: id, headers, log, measurements, errors as documents. */
  const answer = async (
    edge: Edge,
    route: Pick<Route, "errors" | "path">,
    run: (id: string, admitted: (key: string) => void) => Promise<Response>,
  ) => {
    const start = performance.now();
    active++;
    const given = edge.req.header("x-request-id");
    const id = given !== undefined && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
    const { method } = edge.req;
    let error: FoveaError | undefined;
    let key: string | undefined;
    let response: Response;
    try {
      checkEdge(edge);
      response = await run(id, (used) => {
        key = used;
      });
    } catch (thrown) {
      error = asFoveaError(thrown);
      measurements.error(error.code);
      const retryAfter = statusOf(error) === 429 || error.code === "server/stopping" ? waitOf(thrown) : undefined;
      response = problemResponse(error, { requestId: id, form: route.errors ?? "problem", retryAfter });
      if (error.code === "server/method-not-allowed")
        response.headers.set("allow", (methods.get(route.path) ?? []).join(", "));
    }
    for (const [name, value] of Object.entries(securityHeaders))
      if (!response.headers.has(name)) response.headers.set(name, value);
    response.headers.set("x-request-id", id);
    // what is stopping keeps no connection, and a body that was not read to its end would be taken for the next request
    if (draining.aborted || response.status === 413 || response.status === 429 || error?.code === "server/body-cut")
      response.headers.set("connection", "close");
    allowOrigin(edge, response);
    active--;
    const milliseconds = Math.round((performance.now() - start) * 10) / 10;
    measurements.request({ method, route: route.path, status: response.status, milliseconds });
    const isInternal = error?.kind === "internal";
    log({
      level: isInternal ? "error" : "info",
      request: id,
      method,
      route: route.path,
      status: response.status,
      milliseconds,
      ...(key === undefined ? {} : { key }),
      ...(error ? { code: error.code } : {}),
      ...(isInternal ? { stack: stackOf(error!) } : {}),
    });
    return response;
  };

  const waitOf = (thrown: unknown): number => (thrown instanceof Throttled ? thrown.seconds : pool.retryAfterSeconds());

  function checkEdge(edge: Edge): void {
    const host = hostOf(edge);
    if (!isOwnHost(host)) throw errors["wrong-host"]({ received: host.slice(0, 200) });
    const origin = edge.req.header("origin");
    if (origin !== undefined && !isAllowedOrigin(origin, { host, origins: config.cors_origins })) {
      throw errors["wrong-origin"]({ received: origin.slice(0, 200) });
    }
    if (stopping.aborted && !edge.req.path.startsWith("/health") && !edge.req.path.startsWith("/v2/health"))
      throw errors.stopping({});
  }

  function allowOrigin(edge: Edge, response: Response): void {
    if (config.cors_origins.length === 0) return;
    response.headers.append("vary", "Origin");
    const origin = edge.req.header("origin");
    if (origin === undefined || !config.cors_origins.includes(origin)) return;
    response.headers.set("access-control-allow-origin", origin);
    response.headers.set(
      "access-control-expose-headers",
      "X-Request-Id, Retry-After, Location, Inference-Header-Content-Length",
    );
    response.headers.set("cross-origin-resource-policy", "cross-origin");
  }

  const handle = (route: Route) => (edge: Edge) =>
    answer(edge, route, async (id, admitted) => {
      const key = await admit(edge.req.header("authorization"), route.scope, access);
      if (key) admitted(key.id);
      if (route.scope !== null) {
        const seconds = rate.take(key?.id ?? edge.env?.incoming?.socket?.remoteAddress ?? "here");
        if (seconds > 0) throw new Throttled(config.limits.requests_per_minute, seconds);
      }
      const params = route.params ? checkTexts(route.params, edge.req.param(), "path") : {};
      let heldBytes = 0;
      const take = (bytes: number) => {
        budget.take(bytes);
        heldBytes += bytes;
      };
      const request = {
        id,
        route: route.path,
        params: params as Record<string, string>,
        query: route.query ? checkTexts(route.query, edge.req.query(), "query") : {},
        header: (name: string) => edge.req.header(name),
        body: () => readBody(edge.req.raw, { limitBytes: config.limits.body_bytes, take }),
        key,
        signal: goneSignal(edge),
      };
      try {
        return await route.handle(request, services);
      } finally {
        budget.give(heldBytes);
      }
    });

  for (const route of all) app.on(route.method.toUpperCase(), routerPath(route.path), handle(route));
  for (const [path, allowed] of methods) {
    app.all(routerPath(path), (edge) =>
      answer(edge, { path, ...formOf(path) }, async () => {
        if (edge.req.method === "OPTIONS" && config.cors_origins.includes(edge.req.header("origin") ?? ""))
          return preflight(allowed);
        throw errors["method-not-allowed"]({ method: edge.req.method, path, allowed });
      }),
    );
  }
  app.all("*", (edge) =>
    answer(edge, { path: "*", ...formOf(edge.req.path) }, async () => {
      const { method, path } = edge.req;
      const isPage = (method === "GET" || method === "HEAD") && !/^\/(v1|v2|health)(\/|$)/.test(path);
      if (isPage && consoleFolder) {
        const request = { method, header: (name: string) => edge.req.header(name) };
        const file =
          (await modelFile(path, request, { ...services, access })) ?? (await staticFile(consoleFolder, path, request));
        if (file) return file;
      }
      if (isPage && path === "/") return new Response(null, { status: 302, headers: { location: "/docs" } });
      throw errors["unknown-route"]({ method: method.slice(0, 20), path: path.slice(0, 200) });
    }),
  );
  return { app, active: () => active };
}

/** Too many requests of one key, with the time until the next may come. */
class Throttled extends FoveaError {
  readonly seconds: number;

  constructor(limit: number, seconds: number) {
    const { code, kind, message, help } = errors["too-many-requests"]({ limit });
    super({ code, kind, message, help });
    this.seconds = seconds;
  }
}

const preflight = (allowed: readonly string[]): Response =>
  new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": allowed.join(", "),
      "access-control-allow-headers":
        "Authorization, Content-Type, X-Request-Id, Last-Event-ID, Inference-Header-Content-Length",
      "access-control-max-age": "600",
    },
  });

/** Aborted when the connection closes before the answer has gone out. */
function goneSignal(edge: Edge): AbortSignal {
  const outgoing = edge.env?.outgoing;
  if (!outgoing) return edge.req.raw.signal;
  const gone = new AbortController();
  outgoing.on("close", () => {
    if (!outgoing.writableFinished) gone.abort();
  });
  return gone.signal;
}

const hostOf = (edge: Edge): string => edge.req.header("host") ?? new URL(edge.req.url).host;

/** "/v1/models/{name}" as the router writes it. */
const routerPath = (path: string): string => path.replace(/\{(\w+)\}/g, ":$1");

function stackOf(error: FoveaError): string {
  const { cause } = error;
  const stack = error.stack ?? error.message;
  return cause instanceof Error ? `${stack}\ncaused by ${cause.stack ?? cause.message}` : stack;
}
