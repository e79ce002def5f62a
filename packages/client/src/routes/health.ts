import { ResponseError } from "../errors.ts";
import type { CallOptions, Connection } from "../requests/connect.ts";

/** Routes for whoever looks after a server. */
export interface HealthRoutes {
  /** Whether the process answers; throws `client/unreachable` where it does not. */
  live(options?: CallOptions): Promise<boolean>;
  /** Whether requests are taken on: not while the server starts or stops. */
  ready(options?: CallOptions): Promise<boolean>;
  /** Measurements in the format of Prometheus. */
  metrics(options?: CallOptions): Promise<string>;
}

export function healthRoutes({ json, bytes }: Connection): HealthRoutes {
  return {
    live: async ({ signal } = {}) => (await json("get", "/health/live", { signal })).status === "ok",
    ready: ({ signal } = {}) => isReady(json("get", "/health/ready", { signal })),
    metrics: async ({ signal } = {}) => new TextDecoder().decode((await bytes("get", "/metrics", { signal })).bytes),
  };
}

/** False for 503, which is how a server says "not now". */
export async function isReady(answered: Promise<unknown>): Promise<boolean> {
  try {
    await answered;
    return true;
  } catch (thrown) {
    if (thrown instanceof ResponseError && thrown.status === 503) return false;
    throw thrown;
  }
}
