import type { Server } from "node:http";
import { Server as NetServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createAdaptorServer } from "@hono/node-server";
import type { Config } from "../config/config.ts";
import { errors } from "../errors.ts";
import type { Assembly } from "./assemble.ts";

/** A server that listens. */
export interface Listening {
  readonly url: string;
  /** Stops taking on, finishes what was taken on, closes. */
  close(): Promise<void>;
}

/** Requests whose headers have not come after this are closed. */
const HEADERS_MS = 15_000;
/** How often connections are looked at for being too slow; small against what they may take. */
const CHECK_MS = 1000;

/** Without a request in so many looks, nothing is on its way any more. */
const QUIET_LOOKS = 5;
const LOOK_MS = 20;
/** New connections are waited out for so long, where clients do not heed that the server is not ready. */
const MOST_LATE_MS = 2000;
/** For the last bytes of answers, once all are made. */
const FLUSH_MS = 500;

/** Opens the port. */
export async function listen(assembly: Assembly, config: Config): Promise<Listening> {
  const { host, port, limits, drain_ms, shutdown_ms } = config;
  const server = createAdaptorServer({
    fetch: assembly.app.fetch as never,
    overrideGlobalObjects: false,
    serverOptions: {
      requestTimeout: limits.upload_ms,
      headersTimeout: Math.min(HEADERS_MS, limits.upload_ms),
      connectionsCheckingInterval: Math.min(CHECK_MS, limits.upload_ms),
      keepAliveTimeout: 5000,
    },
  }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(errors["port-taken"]({ host, port, reason: cause.code ?? cause.message }, { cause })),
    );
    server.listen(port, host, resolve);
  });
  const connections = countConnections(server);
  const address = server.address() as { port: number };
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`,
    async close() {
      // who routes requests to here sees that it is not ready, and every answer ends its connection
      assembly.drain();
      await sleep(drain_ms);
      // connections that the machine has taken for us and we have not seen yet would be reset
      await untilQuiet(() => connections.since(), MOST_LATE_MS);
      await new Promise(setImmediate); // right after this turn of the event loop has taken the ones that wait
      const closed = new Promise<void>((resolve) => {
        // http's own close would cut connections whose request is on its way
        NetServer.prototype.close.call(server, () => resolve());
      });
      await Promise.race([untilQuiet(assembly.active, shutdown_ms), closed]);
      assembly.stop();
      await Promise.race([untilQuiet(assembly.active, shutdown_ms), closed]);
      server.closeIdleConnections();
      // answers that are on their way to slow clients
      await Promise.race([closed, sleep(FLUSH_MS)]);
      server.closeAllConnections();
      await assembly.close({ graceMs: 1000 });
    },
  };
}

/** How many connections have come since it was last asked. */
function countConnections(server: Server): { since: () => number } {
  let count = 0;
  server.on("connection", () => count++);
  return {
    since() {
      const seen = count;
      count = 0;
      return seen;
    },
  };
}

/** Ends when there was nothing in several looks in a row, or after so long. Looks, not time: a busy process looks late. */
async function untilQuiet(activity: () => number, limitMs: number): Promise<void> {
  const end = performance.now() + limitMs;
  let quietLooks = 0;
  while (quietLooks < QUIET_LOOKS && performance.now() < end) {
    await sleep(LOOK_MS);
    quietLooks = activity() === 0 ? quietLooks + 1 : 0;
  }
}
