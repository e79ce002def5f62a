import type { CallOptions, Connection } from "../requests/connect.ts";
import type { JsonOf, RouteOf } from "../requests/route-types.ts";

/** What a server is for, what it withholds, whether it needs a key, and its limits. */
export type ServerDetails = JsonOf<RouteOf<"/v1/server", "get">>;

/** Routes that tell of a server before anything is asked of it; they need no key. */
export interface ServerRoutes {
  /** What has to be known of the server. */
  server(options?: CallOptions): Promise<ServerDetails>;
  /** A photograph with one face to try things on: the bytes of a JPEG file. */
  example(options?: CallOptions): Promise<Uint8Array<ArrayBuffer>>;
}

export function serverRoutes({ json, bytes }: Connection): ServerRoutes {
  return {
    server: ({ signal } = {}) => json("get", "/v1/server", { signal }),
    example: async ({ signal } = {}) => (await bytes("get", "/v1/server/example.jpg", { signal })).bytes,
  };
}
