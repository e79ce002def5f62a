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
}

/** Starts the server, tells where it is, and ends when it has stopped. */
export async function* runServer({ host, port, config: path }: ServeInput, { signal }: { signal: AbortSignal }) {
  const overrides = { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) };
  const config = await readConfig(path, { overrides });
  const assembly = assemble(config, { log: logger(config.log) });
  try {
    const now = new Date();
    const usable = (await assembly.keys.list()).filter((key) => refusalOf(key, now) === undefined).length;
    if (usable === 0 && !isLoopback(config.host)) throw errors["open-without-key"]({ host: config.host });
    await assembly.audit({ event: "start", purpose: config.purpose, grounds: config.grounds });
    const listening = await listen(assembly, config);
    yield { url: listening.url, purpose: config.purpose, keys: usable, console: consoleFolderOf(config) !== undefined };
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

/** JSON lines on standard error, those of the level and above. */
function logger(level: "silent" | "error" | "info"): (line: LogLine) => void {
  if (level === "silent") return () => {};
  return (line) => {
    if (level === "error" && line.level !== "error") return;
    process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
  };
}
