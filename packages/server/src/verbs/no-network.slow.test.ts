// In a network namespace that has loopback and no route at all the server does everything: nothing calls home.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const child = fileURLToPath(new URL("./no-network-child.test.support.js", import.meta.url));

// a namespace begins with a loopback that is down; 0x8914 sets flags of an interface, 0x49 is up, running and loopback
const python =
  "import fcntl,socket,struct;fcntl.ioctl(socket.socket(),0x8914,struct.pack('16sh',b'lo',0x49)+bytes(22))";
const raise = `ip link set lo up 2>/dev/null || ifconfig lo up 2>/dev/null || python3 -c "${python}"`;
const within = (command: string) => ["-rn", "sh", "-c", `(${raise}) && ${command}`, "sh"];

const isPossible = () =>
  process.platform === "linux" && spawnSync("unshare", within("true"), { timeout: 10_000 }).status === 0;

test("without any route photos are analysed and a model is trained over HTTP", {
  timeout: 180_000,
}, async (context) => {
  if (!isPossible()) return context.skip("this machine lets nobody make a network namespace");
  const { stdout } = await promisify(execFile)("unshare", [...within('exec "$@"'), process.execPath, child]);
  const { exit, log, model_bytes, models, ...told } = JSON.parse(stdout) as Record<string, unknown>;
  assert.deepEqual(told, {
    world: "ENETUNREACH",
    interfaces: ["lo"],
    routes: 0,
    faces: 1,
    expression: "happiness",
    job: { state: "done", error: null },
    reference: 200,
  });
  assert.ok((model_bytes as number) > 1000);
  assert.ok((models as number) >= 3);
  assert.equal(exit, 0);
  // no attempt that failed was logged either
  assert.deepEqual(log, []);
});
