// A real port, and before it a proxy whose connections are cut while events are on their way.
import assert from "node:assert/strict";
import { appendFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { listen } from "@foveajs/server";
import { finishJob, heldWorker, startServer, type TestServer } from "./client.test.support.ts";
import { createClient, type FoveaClient } from "./client.ts";

let server: TestServer;
let proxy: Awaited<ReturnType<typeof startProxy>>;
let client: FoveaClient;
let close: () => Promise<void>;
before(async () => {
  server = await startServer({}, heldWorker().start);
  const listening = await listen(server, server.config);
  close = listening.close;
  proxy = await startProxy(Number(new URL(listening.url).port));
  client = createClient({ baseUrl: proxy.url });
});
after(async () => {
  proxy.close();
  await close();
  await server.end();
});

/** Passes bytes on to a port; `cut` resets all connections. */
async function startProxy(port: number) {
  const sockets = new Set<Socket>();
  let count = 0;
  const listener = createServer((socket) => {
    count++;
    const onward = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      sockets.add(from);
      from.on("error", () => {});
      from.on("close", () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    connections: () => count,
    cut,
    close() {
      cut();
      listener.close();
    },
  };
}

const checkpoint = (step: number) => ({ type: "checkpoint", step, path: "p" });
const append = (id: string, step: number) =>
  appendFile(join(server.config.state_folder, "jobs", id, "events.jsonl"), `${JSON.stringify(checkpoint(step))}\n`);

test("events go on after a connection that was cut: none is lost, none comes twice", async () => {
  const { id } = await client.train({ recipe: "name: mine\ndata: { folder: set }\n" });
  await append(id, 1);
  const steps: unknown[] = [];
  const opened = proxy.connections();
  for await (const { data } of client.trainEvents(id)) {
    if (data.type !== "checkpoint") {
      steps.push(data.type);
      continue;
    }
    steps.push(data.step);
    if (data.step > 2) continue;
    proxy.cut();
    // written while nobody listens
    await append(id, data.step + 1);
    if (data.step === 2) await finishJob(server, id, [{ type: "end", state: "done", error: null }]);
  }
  assert.deepEqual(steps, [1, 2, 3, "end"]);
  // one new connection after each cut
  assert.ok(proxy.connections() >= opened + 2);
});

test("a listener that is told where it was begins there, also with another client", async () => {
  const { id } = await client.train({ recipe: "name: mine\ndata: { folder: set }\n" });
  await append(id, 1);
  let after = "";
  for await (const event of client.trainEvents(id)) {
    after = event.id;
    break;
  }
  await append(id, 2);
  await finishJob(server, id, [{ type: "end", state: "done", error: null }]);
  const seen: string[] = [];
  for await (const { data } of createClient({ baseUrl: proxy.url }).trainEvents(id, { after })) seen.push(data.type);
  assert.deepEqual(seen, ["checkpoint", "end"]);
});

test("an abort ends the events with its reason", async () => {
  const { id } = await client.train({ recipe: "name: mine\ndata: { folder: set }\n" });
  await append(id, 1);
  const stop = new AbortController();
  const reason = new Error("enough");
  const follow = async () => {
    for await (const _ of client.trainEvents(id, { signal: stop.signal })) stop.abort(reason);
  };
  await assert.rejects(follow(), (thrown) => thrown === reason);
});

test("events of a job that there is not are refused at once", async () => {
  const follow = async () => {
    for await (const _ of client.trainEvents("none")) assert.fail();
  };
  await assert.rejects(follow(), { code: "server/unknown-job", status: 404 });
});
