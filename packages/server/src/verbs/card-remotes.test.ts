// Models whose cards name another server: a second Fovea server stands there. Expected values: the same models run here.
import assert from "node:assert/strict";
import { basename } from "node:path";
import { after, before, test } from "node:test";
import { createNodeContext, nodeParts, type Parts, type Tensor } from "@foveajs/operations";
import { createExecutor, type Executor } from "../inference/executor.ts";
import type { Answer, Job } from "../inference/jobs.ts";
import { createRemotes } from "../inference/remotes.ts";
import { makeFolder, photograph, realWorker, type TestServer, testServer } from "../server.test.support.ts";
import { type Listening, listen } from "./listen.ts";

let place: Awaited<ReturnType<typeof makeFolder>>;
let worker: ReturnType<typeof realWorker>;
let far: TestServer;
let listening: Listening;
let key = "";
before(async () => {
  place = await makeFolder();
  worker = realWorker(place.models);
  far = await testServer(place.folder, { startWorker: worker.start, settings: { port: 0, drain_ms: 0 } });
  const wish = { name: "near", scopes: ["predict"] as const, expires: undefined, now: new Date() };
  ({ key } = await far.keys.create(wish));
  listening = await listen(far, far.config);
});
after(async () => {
  await listening.close();
  await worker.dispose();
  await place.remove();
});

/** Cards of the files as they are, but for the server that each names. */
const naming = (remotes: Readonly<Record<string, object>>): Parts => ({
  ...nodeParts,
  async readCard(path) {
    const name = basename(path, ".onnx");
    return { ...(await nodeParts.readCard(path)), ...(name in remotes ? { remote: remotes[name] } : {}) };
  },
});
const setup = () => ({ models: place.models, threads: 1, pixels: 40e6, faces: 500, remotes: {}, card_remotes: {} });
const allowed = () => ({
  [`${listening.url}/`]: { timeout_ms: 10_000, headers: { Authorization: `Bearer ${key}` } },
});
const asked = () =>
  far.lines.flatMap(({ route, status }) => (route === "/v2/models/{name}/infer" ? [status] : [])).length;

const run = (executor: Executor, job: Job) =>
  new Promise<Answer>((resolve, reject) => {
    void executor.execute([{ job, signal: new AbortController().signal }], (_, outcome) => {
      if ("error" in outcome) reject(outcome.error);
      else resolve(outcome.answer);
    });
  });
const picture = async (kind: "analyze" | "detect"): Promise<Job> => ({
  kind,
  bytes: await photograph(),
  name: "a.jpg",
  input: {},
  withheld: [],
});
const facesOf = (answer: Answer) => (answer as unknown as { analysis: { faces: unknown } }).analysis.faces;

test("analyze, detect, predict and infer run where the cards say, with the same numbers as here", async () => {
  const remote = { url: listening.url };
  const parts = naming({
    "face-detector": remote,
    "face-reader": { ...remote, model: "expression" },
    expression: remote,
  });
  const [near, here] = [createExecutor({ ...setup(), card_remotes: allowed() }, { parts }), createExecutor(setup())];
  const image: Tensor = { dtype: "float32", shape: [1, 1, 44, 44], data: new Float32Array(44 * 44).fill(0.25) };
  const jobs: readonly (readonly [Job, number])[] = [
    [await picture("analyze"), 2],
    [await picture("detect"), 1],
    [{ kind: "predict", model: "expression", bytes: await photograph(), name: "a.jpg" }, 1],
    [{ kind: "infer", model: "expression", feeds: { image } }, 1],
  ];
  for (const [job, runs] of jobs) {
    const before = asked();
    const [there, expected] = [await run(near, job), await run(here, job)];
    if (job.kind === "analyze" || job.kind === "detect") assert.deepEqual(facesOf(there), facesOf(expected));
    else assert.deepEqual(there, expected);
    assert.equal(asked() - before, runs, job.kind);
  }
  await Promise.all([near.dispose(), here.dispose()]);
});

test("a card that names a server which the settings do not is refused, and nothing is sent", async () => {
  const parts = naming({ "face-reader": { url: listening.url } });
  const near = createExecutor(setup(), { parts });
  const before = far.lines.length;
  await assert.rejects(run(near, await picture("analyze")), { code: "server/remote-refused" });
  // what runs here still does
  assert.equal((facesOf(await run(near, await picture("detect"))) as unknown[]).length, 1);
  assert.equal(far.lines.length, before);
  await near.dispose();
});

test("the settings win over the card; a URL is the same with and without its last slash, and no other is", async () => {
  const context = createNodeContext({ signal: new AbortController().signal, progress: () => {} });
  const models = context.models(place.models);
  const { readCard } = naming({ expression: { url: "http://triton:8000", model: "e2" } });
  const servers = { "http://triton:8000/": { timeout_ms: 5, headers: { a: "b" } } };
  const own = { url: "http://other:1", timeout_ms: 1, headers: {} };
  const named = createRemotes({ remotes: { expression: own }, card_remotes: servers }, { models, readCard });
  assert.deepEqual(await named("expression"), own);
  const carded = createRemotes({ remotes: {}, card_remotes: servers }, { models, readCard });
  assert.deepEqual(await carded("expression"), {
    url: "http://triton:8000",
    model: "e2",
    timeout_ms: 5,
    headers: { a: "b" },
  });
  assert.equal(await carded("face-reader"), undefined);
  for (const url of [
    "http://triton:8001",
    "https://triton:8000",
    "http://triton:8000/models",
    "http://triton.evil:8000",
  ]) {
    const strict = createRemotes(
      { remotes: {}, card_remotes: { [url]: servers["http://triton:8000/"]! } },
      { models, readCard },
    );
    await assert.rejects(strict("expression"), { code: "server/remote-refused" }, url);
  }
});
