import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { runServer } from "./run-server.ts";

/** The port of a server that nobody told another. */
const USUAL = 8700;
const other = createServer();
let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-run-server-"));
  process.env.XDG_STATE_HOME = folder;
  // where somebody else has it, it is taken as well
  await new Promise<void>((resolve) => other.once("error", () => resolve()).listen(USUAL, "127.0.0.1", resolve));
});
after(async () => {
  other.close();
  await rm(folder, { recursive: true, maxRetries: 3 });
});

test("a taken port is another's where none was asked for, and an error where it was", { timeout: 60_000 }, async () => {
  const stop = new AbortController();
  const running = runServer({}, { signal: stop.signal });
  const { value } = await running.next();
  assert.notEqual(new URL(value!.url).port, String(USUAL));
  assert.equal((await fetch(`${value!.url}/health/live`)).status, 200);
  stop.abort();
  assert.equal((await running.next()).done, true);
  const asked = runServer({ port: USUAL }, { signal: stop.signal });
  await assert.rejects(asked.next(), { code: "server/port-taken" });
});
