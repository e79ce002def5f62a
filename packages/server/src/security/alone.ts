import { open, rm, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { errors } from "../errors.ts";

/** Nobody needs as long: a sign of this age is of a process that died. */
const STALE_MS = 10_000;
/** How long others are waited for. */
const PATIENCE_MS = 15_000;
const LOOK_MS = 10;

/** Runs what changes a file while no other process does: a file beside it, `PATH.lock`, is the sign. */
export async function alone<Result>(path: string, run: () => Promise<Result>): Promise<Result> {
  const sign = `${path}.lock`;
  const end = performance.now() + PATIENCE_MS;
  while (!(await take(sign))) {
    if (performance.now() > end) throw errors["file-busy"]({ path });
    await sleep(LOOK_MS);
  }
  try {
    return await run();
  } finally {
    await rm(sign, { force: true });
  }
}

async function take(sign: string): Promise<boolean> {
  try {
    const file = await open(sign, "wx", 0o600);
    await file.close();
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
    const found = await stat(sign).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > STALE_MS) await rm(sign, { force: true });
    return false;
  }
}
