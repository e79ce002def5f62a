// The command as people run it: it says where it is, answers, makes keys that it heeds at once, and ends with 0 on SIGTERM.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("./main.js", import.meta.url));
let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-serve-"));
  await writeFile(join(folder, "server.yaml"), "port: 0\nstate_folder: .\nlog: error\ndrain_ms: 0\n");
});
after(() => rm(folder, { recursive: true }));

const config = () => ["--config", join(folder, "server.yaml")];

test("fovea serve and fovea keys", { timeout: 60_000 }, async () => {
  const server = spawn(process.execPath, [main, "serve", ...config()], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  server.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const ended = new Promise<number | null>((resolve) => server.on("exit", resolve));
  while (!/purpose +personal\n/.test(said)) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.match(said, /^listening at http:\/\/127\.0\.0\.1:\d+; Ctrl-C ends it\n/);
  assert.match(said, /no keys: only this machine is answered/);
  const [url] = /http:\S+\d/.exec(said)!;
  const status = async (headers: Record<string, string> = {}) =>
    (await fetch(`${url}/v2/models/expression`, { headers })).status;
  assert.equal(await status(), 200);
  const run = (...args: string[]) => execFileSync(process.execPath, [main, ...args, ...config()], { encoding: "utf8" });
  const [key] = run("keys", "create", "--scopes", "predict").split("\n") as [string];
  assert.match(run("keys", "list"), /^[0-9a-f]{8} {2}predict {2}does not expire\n$/);
  assert.equal(await status(), 401);
  assert.equal(await status({ authorization: `Bearer ${key}` }), 200);
  const [id] = run("keys", "list").split(" ") as [string];
  run("keys", "revoke", id);
  assert.equal(await status({ authorization: `Bearer ${key}` }), 401);
  server.kill("SIGTERM");
  assert.equal(await ended, 0);
  assert.match(said, /stopped; all that was taken on is answered\n$/);
});
