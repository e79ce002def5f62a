// `fovea serve` as a process with the real models: a kill under load, and clients of every bad kind, after which it holds no more
// files, sockets or memory than before.
import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { type AnyRequest, anyRequest } from "../routes/fuzz.test.support.ts";
import { makeFolder, photograph } from "../server.test.support.ts";
import { holdings, type Served, serve } from "./serve.test.support.ts";

const isLinux = process.platform === "linux";

let place: Awaited<ReturnType<typeof makeFolder>>;
let picture: Buffer;
before(async () => {
  place = await makeFolder();
  picture = await photograph();
});
after(() => place.remove());

const settings = () => ({ models: place.models, limits: { requests_per_minute: 1e9 } });

/** Status and body of an answer, or the code of what went wrong on the connection. */
const ask = (url: string, { place: path, method, headers, body }: AnyRequest, agent: Agent | false = false) =>
  new Promise<{ status: number | string; text: string }>((resolve) => {
    const asking = request(`${url}${path}`, { method, agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        text += piece;
      });
      response.on("end", () => resolve({ status: response.statusCode!, text }));
      response.on("error", (error: NodeJS.ErrnoException) => resolve({ status: error.code ?? error.message, text }));
    });
    asking.on("error", (error: NodeJS.ErrnoException) => resolve({ status: error.code ?? error.message, text: "" }));
    asking.end(body);
  });

const analyze = (body: Buffer): AnyRequest => ({
  place: "/v1/analyze",
  method: "POST",
  headers: { "content-type": "image/jpeg" },
  body,
});

test("SIGTERM under load: every request that was taken on is answered, and the process ends with 0", {
  timeout: 120_000,
}, async () => {
  const { url, child, ended, log } = await serve(place.folder, {
    ...settings(),
    log: "info",
    inference: { queue: 1000 },
  });
  const statuses = new Map<string, number | string>();
  const load = async (agent: Agent | false) => {
    while (true) {
      const id = `load-${statuses.size}-${Math.random()}`;
      const sent = analyze(picture);
      const { status } = await ask(url, { ...sent, headers: { ...sent.headers, "x-request-id": id } }, agent);
      // nobody listens any more: this one was never taken on
      if (status === "ECONNREFUSED") return;
      statuses.set(id, status);
    }
  };
  const agents = Array.from({ length: 8 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const clients = [...agents.map(load), ...Array.from({ length: 8 }, () => load(false))];
  while (statuses.size < 40) await sleep(20);
  const before = statuses.size;
  child.kill("SIGTERM");
  await Promise.all(clients);
  assert.equal(await ended, 0);
  for (const agent of agents) agent.destroy();
  assert.ok(statuses.size > before, "some were being answered when it was told to stop");
  const takenOn = log.flatMap((line) => (JSON.parse(line) as { request?: string }).request ?? []);
  assert.ok(takenOn.length > before);
  for (const id of takenOn) if (id.startsWith("load-")) assert.equal(statuses.get(id), 200);
  // a connection that the system had made and the process had not seen when it closed its port is reset
  const others = [...statuses].filter(([id]) => !takenOn.includes(id));
  assert.ok(others.length < 16, `${others.length} of ${statuses.size} were not taken on`);
  for (const [, status] of others) assert.match(String(status), /^(ECONNRESET|EPIPE)$/);
});

/** Opens a connection, sends so much and goes, at once or after some time. */
const vanish = (port: number, text: string, afterMs: number) =>
  new Promise<void>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(text);
      setTimeout(() => socket.destroy(), afterMs);
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve());
  });

const head = (length: number) =>
  `POST /v1/analyze HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\nContent-Length: ${length}\r\n\r\n`;

/** Everything bad at once, so many times. */
async function misuse(served: Served, key: string, times: number): Promise<(number | string)[]> {
  const port = Number(new URL(served.url).port);
  const whole = `${head(picture.length)}${picture.toString("latin1")}`;
  const strangers = Promise.all(
    Array.from({ length: times }, async (_, index) => {
      await sleep(index * 10);
      await vanish(port, "", index % 20); // says nothing
      await vanish(port, head(500_000).slice(0, 40), index % 20); // half a head
      await vanish(port, `${head(500_000)}some`, index % 20); // a body cut short
      await vanish(port, whole, index % 20); // goes away while it is computed
    }),
  );
  const loris = Array.from({ length: Math.ceil(times / 4) }, async () => {
    const socket = connect(port, "127.0.0.1", () => socket.write(head(1000)));
    socket.on("error", () => {});
    const timer = setInterval(() => socket.write("x"), 100);
    await new Promise((resolve) => socket.on("close", resolve));
    clearInterval(timer);
  });
  const statuses: (number | string)[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const requests = fc.sample(anyRequest(picture, key), { numRuns: times * 10, seed: times });
  for (let at = 0; at < requests.length; at += 8) {
    const some = requests.slice(at, at + 8).map(async (sent) => {
      const { status, text } = await ask(served.url, sent, agent);
      assert.ok(typeof status === "string" || status < 500, `${status} ${text.slice(0, 300)} ${served.log.at(-1)}`);
      statuses.push(status);
    });
    await Promise.all(some);
  }
  agent.destroy();
  await Promise.all([strangers, ...loris]);
  return statuses;
}

test("vanishing, slow and malformed clients leave nothing behind: no 500, no handle, no memory, no work", {
  timeout: 120_000,
  skip: isLinux ? false : "open files are counted as Linux tells them",
}, async (context) => {
  const limits = { requests_per_minute: 1e9, upload_ms: 1500, body_bytes: 1_000_000 };
  const jobs = { parallel: 0, waiting: 3 };
  const served = await serve(place.folder, { ...settings(), limits, jobs, data_folder: place.folder });
  const made = await fetch(`${served.url}/v1/keys`, { method: "POST", body: '{"scopes":["all"]}' });
  const { key } = (await made.json()) as { key: string };
  const authorization = `Bearer ${key}`;
  const pid = served.child.pid!;
  // models are opened and buffers have grown before anything is counted
  await misuse(served, key, 40);
  await sleep(500);
  const first = await holdings(pid);
  const statuses = await misuse(served, key, 100);
  await sleep(500);
  const last = await holdings(pid);
  const mebibytes = [first, last].map(({ bytes }) => Math.round(bytes / 2 ** 20));
  context.diagnostic(`open files ${first.handles}, then ${last.handles}; memory ${mebibytes.join(" MB, then ")} MB`);
  assert.equal(statuses.length, 1000);
  // what the server itself refuses to read further it cuts
  const cut = statuses.filter((status) => typeof status === "string");
  assert.ok(cut.length < 50, JSON.stringify([...new Set(cut)]));
  assert.ok(statuses.filter((status) => status === 200).length > 50);
  assert.ok(last.handles <= first.handles + 2, `${first.handles} open files became ${last.handles}`);
  assert.ok(last.bytes < first.bytes + 100 * 2 ** 20, `${first.bytes} bytes became ${last.bytes}`);
  const metrics = await (await fetch(`${served.url}/metrics`, { headers: { authorization } })).text();
  for (const gauge of ["fovea_queue_length", "fovea_running"]) assert.match(metrics, new RegExp(`^${gauge} 0$`, "m"));
  assert.doesNotMatch(metrics, /fovea_workers_lost_total [1-9]/);
  const sound = analyze(picture);
  const { status } = await ask(served.url, { ...sound, headers: { ...sound.headers, authorization } });
  assert.equal(status, 200);
  served.child.kill("SIGTERM");
  assert.equal(await served.ended, 0);
});
