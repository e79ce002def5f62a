// Requests made at random from the OpenAPI document, well-formed and not, against real models: never a 500, never a hang.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { makeFolder, photograph, realWorker, type TestServer, testServer } from "../server.test.support.ts";
import { anyRequest } from "./fuzz.test.support.ts";

const RUNS = 1000;
/** No request takes as long; a photograph is analysed in a fraction of it. */
const HANG_MS = 20_000;

let place: Awaited<ReturnType<typeof makeFolder>>;
let worker: ReturnType<typeof realWorker>;
let server: TestServer;
let picture: Buffer;
let key: string;
before(async () => {
  place = await makeFolder();
  picture = await photograph();
  worker = realWorker(place.models);
  const settings = {
    data_folder: place.folder,
    jobs: { parallel: 0, waiting: 3 },
    limits: { requests_per_minute: 1e9, body_bytes: 200_000 },
  };
  server = await testServer(place.folder, { startWorker: worker.start, settings });
  const wish = { name: "", scopes: ["all"] as const, expires: undefined, now: new Date() };
  ({ key } = await server.keys.create(wish));
});
after(async () => {
  await server.close({ graceMs: 0 });
  await worker.dispose();
  await place.remove();
});

test(`${RUNS} requests made at random are answered by something other than a 500`, { timeout: 300_000 }, async () => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(anyRequest(picture, key), async ({ place: path, method, headers, body }) => {
      const sent = body === undefined ? {} : { body: new Uint8Array(body) };
      const answering = Promise.resolve(server.app.request(`http://localhost${path}`, { method, headers, ...sent }));
      const response = await Promise.race([
        answering,
        new Promise<undefined>((resolve) => setTimeout(resolve, HANG_MS, undefined).unref()),
      ]);
      assert.ok(response, `no answer after ${HANG_MS} ms`);
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      const text = await response.text();
      assert.ok(response.status < 500, `${response.status} ${text.slice(0, 500)} ${server.lines.at(-1)?.stack ?? ""}`);
      assert.doesNotMatch(text.slice(0, 5000), /\n\s+at .*\.js:\d/);
      // no place of the machine, whoever asks for what
      assert.ok(!text.includes(place.folder), text.slice(0, 500));
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  // some were well-formed: the fuzz reaches the models too
  assert.ok((statuses.get(200) ?? 0) > RUNS / 20, JSON.stringify([...statuses]));
  assert.deepEqual(server.pool.load(), { waiting: 0, running: 0 });
});
