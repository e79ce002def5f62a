import { readConfig } from "../config/config.ts";
import { errors } from "../errors.ts";
import type { LogLine } from "../routes/app.ts";
import { isLoopback } from "../security/hosts.ts";
import { refusalOf } from "../security/keys.ts";
import { assemble, consoleFolderOf } from "./assemble.ts";
import { listen } from "./listen.ts";

export interface ServeInput {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly config?: string | undefined;
  /** Whether the console is opened in a browser, where there is one. */
  readonly open?: boolean;
}

/** Code of Node for a port that somebody else listens on. */
const TAKEN = "EADDRINUSE";

/** Starts the server, tells where it is, and ends when it has stopped. */
export async function* runServer(
  { host, port, config: path, open = false }: ServeInput,
  { signal }: { signal: AbortSignal },
) {
  const overrides = {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    // somebody sits there and reads the address: a line for each file of the page would bury it
    ...(open && path === undefined ? { log: "error" } : {}),
  };
  const config = await readConfig(path, { overrides });
  const assembly = assemble(config, { log: logger(config.log) });
  try {
    const now = new Date();
    const usable = (await assembly.keys.list()).filter((key) => refusalOf(key, now) === undefined).length;
    if (usable === 0 && !isLoopback(config.host)) throw errors["open-without-key"]({ host: config.host });
    await assembly.audit({ event: "start", purpose: config.purpose, grounds: config.grounds });
    const isPortAsked = port !== undefined || path !== undefined;
    const listening = await listen(assembly, config).catch((error: Error & { cause?: unknown }) => {
      if (isPortAsked || (error.cause as NodeJS.ErrnoException | undefined)?.code !== TAKEN) throw error;
      return listen(assembly, { ...config, port: 0 });
    });
    const hasConsole = consoleFolderOf(config) !== undefined;
    yield { url: listening.url, purpose: config.purpose, keys: usable, console: hasConsole };
    if (open && hasConsole) await openBrowser(listening.url);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await listening.close();
  } finally {
    assembly.stop();
    await assembly.close({ graceMs: 0 });
  }
}

/** Opens an address in the browser; quiet where there is none, since the address is printed too. */
async function openBrowser(url: string): Promise<void> {
  const { default: openProgram } = await import("open");
  const child = await openProgram(url).catch(() => undefined);
  child?.once("error", () => {});
}

/** JSON lines on standard error, those of the level and above. */
function logger(level: "silent" | "error" | "info"): (line: LogLine) => void {
  if (level === "silent") return () => {};
  return (line) => {
    if (level === "error" && line.level !== "error") return;
    process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
  };
}
