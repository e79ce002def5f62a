import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** The Chromium to test in: FOVEA_CHROMIUM, else `chromium` on the PATH; undefined where there is none. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env.FOVEA_CHROMIUM;
  if (named !== undefined && named !== "") return existsSync(named) ? named : undefined;
  return spawnSync("chromium", ["--version"]).status === 0 ? "chromium" : undefined;
}

/**
 * Opens Chromium without a window. It runs in containers too (no sandbox, as for root) and looks nothing up on its own,
 * so that every request is one of the page.
 */
export const openChromium = (path: string): Promise<Browser> =>
  chromium.launch({
    executablePath: resolved(path),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** The launcher takes paths only. */
const resolved = (path: string): string =>
  path.includes("/")
    ? path
    : spawnSync("sh", ["-c", `command -v ${path}`])
        .stdout.toString()
        .trim();
