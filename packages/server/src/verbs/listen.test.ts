// A real port: slow and vanishing clients, shutdown under load, a second server as the remote one.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createExecutor } from "../inference/executor.ts";
import type { Answer, Job } from "../inference/jobs.ts";
import { createKeyStore } from "../security/keys.ts";
import { answeringWorker, makeFolder, photograph, realWorker, testServer } from "../server.test.support.ts";
import { type Listening, listen } from "./listen.ts";
import { runServer } from "./run-server.ts";

let place: Awaited<ReturnType<typeof makeFolder>>;
before(async () => {
  place = await makeFolder();
});
after(() => place.remove());

const analysis = { analysis: { file: "body", width: 1, height: 1, faces: [], milliseconds: 1 } } as unknown as Answer;

async function open(answer: (job: Job, signal: AbortSignal) => Promise<Answer>, settings: object = {}) {
  const server = await testServer(place.folder, {
    startWorker: answeringWorker(answer),
    settings: { port: 0, drain_ms: 100, state_folder: join(place.folder, `s${Math.random()}`), ...settings },
  });
  const listening = await listen(server, server.config);
  return { ...server, listening, port: Number(new URL(listening.url).port) };
}

/** Asks on a connection of its own; the status, or the code of what went wrong. */
const post = (url: string, body: string | Buffer): Promise<number | string> =>
  new Promise((resolve) => {
    const asking = request(
      `${url}/v1/detect`,
      { method: "POST", agent: false, headers: { "content-type": "image/jpeg" } },
      (response) => {
        response.resume().on("end", () => resolve(response.statusCode!));
      },
    );
    asking.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    asking.end(body);
  });

/** What a server says to raw bytes, until it closes. */
const raw = (port: number, send: (write: (text: string) => boolean) => Promise<void>): Promise<string> =>
  new Promise((resolve) => {
    let said = "";
    const socket = connect(port, "127.0.0.1", () => void send((text) => !socket.destroyed && socket.write(text)));
    socket.on("data", (data) => {
      said += data;
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(said));
  });

const head = (length: number, more = "") =>
  `POST /v1/detect HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\nContent-Length: ${length}\r\n${more}\r\n`;

test("a stop under load answers all that was taken on", async () => {
  const taken = { count: 0 };
  const { listening } = await open(
    async () => {
      taken.count++;
      await sleep(60);
      return analysis;
    },
    { inference: { queue: 1000, batch: 1, workers: 2 } },
  );
  const answers = Array.from({ length: 24 }, () => post(listening.url, "1"));
  while (taken.count < 4) await sleep(5);
  const closed = listening.close();
  const statuses = await Promise.all(answers);
  await closed;
  assert.deepEqual(new Set(statuses), new Set([200]), JSON.stringify(statuses));
  assert.equal(await post(listening.url, "1"), "ECONNREFUSED");
});

test("a connection that stays open is told to end, and nothing new is taken on from it", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { listening, port } = await open(async () => {
    await held;
    return analysis;
  });
  const talk = raw(port, async (write) => {
    write(`${head(1)}1`);
    await sleep(100);
    // a second request on the same connection, while the server stops
    write(`${head(1)}1`);
    await sleep(50);
    release();
  });
  await sleep(60);
  const closed = listening.close();
  const said = await talk;
  await closed;
  assert.match(said, /^HTTP\/1\.1 200/);
  assert.match(said, /connection: close/i);
});

test("uploads that are too slow are ended, while others are answered", async () => {
  const { listening, port } = await open(async () => analysis, { limits: { upload_ms: 300 } });
  const start = performance.now();
  const slow = Array.from({ length: 20 }, () =>
    raw(port, async (write) => {
      write(head(1000));
      for (let i = 0; i < 40; i++) {
        await sleep(50);
        if (!write("x")) return;
      }
    }),
  );
  assert.equal(await post(listening.url, "1"), 200);
  for (const said of await Promise.all(slow)) assert.match(said, /^(HTTP\/1\.1 408|$)/);
  assert.ok(performance.now() - start < 2500, "ended by the server, not by the client");
  await listening.close();
});

test("a body cut short, one too long with and without its length: the server goes on", async () => {
  const { listening, port, pool } = await open(async () => analysis, { limits: { body_bytes: 1000 } });
  const cut = connect(port, "127.0.0.1", () => {
    cut.write(`${head(500)}only some`);
    setTimeout(() => cut.destroy(), 30);
  });
  assert.match(await raw(port, async (write) => void write(head(5000))), /^HTTP\/1\.1 413/);
  const chunk = `400\r\n${"x".repeat(1024)}\r\n`;
  const chunked = `POST /v1/detect HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`;
  assert.match(await raw(port, async (write) => void write(chunked)), /^HTTP\/1\.1 413/);
  assert.equal(await post(listening.url, "1"), 200);
  assert.deepEqual(pool.load(), { waiting: 0, running: 0 });
  await listening.close();
});

test("when a client goes away its work is given up", async () => {
  const seen: AbortSignal[] = [];
  const { listening, port, pool } = await open(
    (_job, signal) =>
      new Promise((resolve) => {
        seen.push(signal);
        signal.addEventListener("abort", () => resolve(analysis));
      }),
  );
  const socket = connect(port, "127.0.0.1", () => socket.write(`${head(1)}1`));
  while (seen.length === 0) await sleep(5);
  socket.destroy();
  const end = Date.now() + 2000;
  while (!seen[0]!.aborted && Date.now() < end) await sleep(5);
  assert.ok(seen[0]!.aborted);
  assert.deepEqual(pool.load(), { waiting: 0, running: 0 });
  await listening.close();
});

test("a full queue answers 429 with the time to wait", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { listening, pool } = await open(
    async () => {
      await held;
      return analysis;
    },
    { inference: { workers: 1, queue: 1, batch: 1 } },
  );
  const taken: Promise<number | string>[] = [];
  // two batches are with the worker, one waits
  for (let i = 0; i < 3; i++) {
    taken.push(post(listening.url, "1"));
    while (pool.load().running + pool.load().waiting < i + 1) await sleep(5);
  }
  const response = await fetch(`${listening.url}/v1/detect`, {
    method: "POST",
    body: "1",
    headers: { "content-type": "image/jpeg" },
  });
  assert.equal(response.status, 429);
  assert.ok(Number(response.headers.get("retry-after")) >= 1);
  release();
  assert.deepEqual(await Promise.all(taken), [200, 200, 200]);
  await listening.close();
});

test("a port that is taken is told with what to do", async () => {
  const { listening, port } = await open(async () => analysis);
  await assert.rejects(
    open(async () => analysis, { port }),
    { code: "server/port-taken" },
  );
  await listening.close();
});

test("with no key that may be used nothing but loopback is listened on", async () => {
  const config = join(place.folder, "open.yaml");
  await writeFile(
    config,
    `host: 0.0.0.0\nport: 0\nlog: silent\nmodels: models\nstate_folder: ${join(place.folder, "open")}\n`,
  );
  const start = async () => {
    const told: { url: string }[] = [];
    for await (const line of runServer({ config }, { signal: AbortSignal.abort() })) told.push(line);
    return told[0];
  };
  await assert.rejects(start(), { code: "server/open-without-key", help: /fovea keys create/ });
  const keys = createKeyStore(join(place.folder, "open", "keys.json"));
  const wish = { name: "", scopes: ["all"] as const, expires: undefined, now: new Date() };
  const { stored } = await keys.create(wish);
  await keys.revoke(stored.id, new Date());
  await assert.rejects(start(), { code: "server/open-without-key" });
  await keys.create(wish);
  assert.match((await start())!.url, /^http:\/\/0\.0\.0\.0:\d+$/);
});

test("models that another server runs give the same faces and numbers as here", async () => {
  const worker = realWorker(place.models);
  const far = await testServer(place.folder, { startWorker: worker.start, settings: { port: 0 } });
  const listening: Listening = await listen(far, far.config);
  const remote = { url: `${listening.url}/`, timeout_ms: 10_000, headers: {} };
  const setup = { models: place.models, threads: 1, pixels: 40e6, faces: 500 };
  const near = createExecutor({
    ...setup,
    card_remotes: {},
    remotes: { "face-detector": remote, "face-reader": { ...remote, model: "expression" } },
  });
  const here = createExecutor({ ...setup, remotes: {}, card_remotes: {} });
  const job: Job = { kind: "analyze", bytes: await photograph(), name: "a.jpg", input: {}, withheld: [] };
  const run = (executor: typeof near) =>
    new Promise<{ faces: unknown }>((resolve, reject) => {
      void executor.execute([{ job, signal: new AbortController().signal }], (_, outcome) => {
        if ("error" in outcome) reject(outcome.error);
        else resolve((outcome.answer as { analysis: { faces: unknown } }).analysis);
      });
    });
  const counted = () => far.lines.filter(({ route }) => route === "/v2/models/{name}/infer").length;
  assert.deepEqual((await run(near)).faces, (await run(here)).faces);
  assert.equal(counted(), 2);
  await listening.close();
  await assert.rejects(run(near), { code: "server/remote-failed" });
  await Promise.all([near.dispose(), here.dispose(), worker.dispose()]);
});
