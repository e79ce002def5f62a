import type { Context } from "@foveajs/operations";
import type { z } from "zod";
import type { Config } from "../config/config.ts";
import type { PictureSets } from "../datasets/picture-sets.ts";
import type { DescribeModel } from "../inference/descriptions.ts";
import type { Pool } from "../inference/pool.ts";
import type { FindRemote } from "../inference/remotes.ts";
import type { RunElsewhere } from "../jobs/operation-thread.ts";
import type { Runner } from "../jobs/runner.ts";
import type { JobStore } from "../jobs/store.ts";
import type { Audit } from "../security/audit.ts";
import type { KeyStore, Scope, StoredKey } from "../security/keys.ts";
import type { PurposeRule } from "../security/purpose.ts";
import type { Measurements } from "./measurements.ts";

/** What routes work with. */
export interface Services {
  readonly config: Config;
  readonly context: Context;
  readonly pool: Pool;
  readonly describe: DescribeModel;
  readonly findRemote: FindRemote;
  readonly keys: KeyStore;
  readonly pictures: PictureSets;
  readonly jobs: JobStore;
  readonly runner: Runner;
  readonly runElsewhere: RunElsewhere;
  readonly purpose: PurposeRule;
  readonly audit: Audit;
  readonly measurements: Measurements;
  readonly version: string;
  /** Aborted when the server is told to stop: it says that it is not ready, and keeps no connection. */
  readonly draining: AbortSignal;
  /** Aborted some moments later: nothing new is taken on, and what would go on for ever ends. */
  readonly stopping: AbortSignal;
  readonly now: () => Date;
}

/** A request as routes see it, checked. */
export interface RouteRequest {
  readonly id: string;
  readonly route: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly header: (name: string) => string | undefined;
  /** The whole body, within the limit. */
  readonly body: () => Promise<Uint8Array>;
  readonly key: StoredKey | undefined;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/** What a route answers with, by media type: a schema for JSON, "binary" or "text" for what has none. */
type Content = Readonly<Record<string, z.ZodType | "binary" | "text">>;

export interface RouteResponse {
  readonly description: string;
  readonly content?: Content;
}

/** One route: everything that the router and the OpenAPI document need to know of it. */
export interface Route {
  readonly method: "get" | "post" | "put" | "delete";
  /** With parameters in braces. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** What a key must be allowed to; null: nobody is asked for a key. */
  readonly scope: Scope | null;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Media types that are taken; the first that fits is read. */
  readonly body?: Content;
  readonly responses: Readonly<Record<number, RouteResponse>>;
  /** Errors are `{"error": ...}` as the Open Inference Protocol has them, instead of problem documents. */
  readonly errors?: "protocol";
  readonly handle: (request: RouteRequest, services: Services) => Promise<Response> | Response;
}

/** JSON as a response. */
export const json = (value: unknown, init: { status?: number; headers?: Record<string, string> } = {}): Response =>
  new Response(JSON.stringify(value), {
    status: init.status ?? 200,
    headers: { "content-type": "application/json", ...init.headers },
  });
