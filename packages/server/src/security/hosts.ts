import { isIP } from "node:net";

const loopbackNames = ["localhost", "127.0.0.1", "[::1]"];

/** Whether only this machine reaches an address. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));

/**
 * Whether a Host header names this server: loopback, the address listened on, or a name that was configured. A page whose
 * name was rebound to this address carries its own name here, and is refused.
 */
export function createHostCheck({
  host,
  hosts,
}: {
  host: string;
  hosts: readonly string[];
}): (header: string) => boolean {
  const known = new Set(
    [...loopbackNames, host.includes(":") ? `[${host}]` : host, ...hosts].map((name) => name.toLowerCase()),
  );
  return (header) => known.has(hostName(header));
}

/** Whether a page of this origin may ask: one that the server itself has given out, or one that was configured. */
export const isAllowedOrigin = (
  origin: string,
  { host, origins }: { host: string; origins: readonly string[] },
): boolean => origins.includes(origin) || origin === `http://${host}` || origin === `https://${host}`;

/** "Example.org:8700" as "example.org", "[::1]:8700" as "[::1]". */
const hostName = (header: string): string => header.toLowerCase().replace(/:\d+$/, "");
