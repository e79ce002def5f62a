// Every route without a port, over workers that are functions of this thread. Expected values by hand.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { errorTable } from "@foveajs/errors";
import type { AnalyzeJob, Job } from "../inference/jobs.ts";
import { answeringWorker, form, makeFolder, testServer } from "../server.test.support.ts";

let place: Awaited<ReturnType<typeof makeFolder>>;
before(async () => {
  place = await makeFolder();
});
after(() => place.remove());

const broken = errorTable("vision", {
  "image-broken": {
    kind: "input",
    message: ({ name }: { name: string }) => `${name} is broken.`,
    help: () => "mend it.",
  },
});

/** Finds as many faces as the first byte says; "x" is a broken picture, "w" takes a while, "!" is a defect of ours. */
const seen: Job[] = [];
const worker = answeringWorker(async (job) => {
  seen.push(job);
  if (job.kind === "infer") return { outputs: {} };
  const first = String.fromCharCode(job.bytes[0]!);
  if (first === "x") throw broken["image-broken"]({ name: job.name });
  if (first === "w") await sleep(100);
  if (first === "!") throw new Error("a secret of the machine");
  if (job.kind === "predict") return { width: 2, height: 1, prediction: {} };
  if (job.kind === "check") return { width: 2, height: 1 };
  const face = { box: { x: 0, y: 0, width: 1, height: 1 }, score: 1, points: {} };
  const faces = Array.from({ length: Number(first) }, () => face);
  return {
    analysis: { file: job.name, width: 2, height: 1, faces, milliseconds: 1 } as never,
    ...(job.overlay ? { overlay: Uint8Array.of(1, 2, 3) } : {}),
  };
});

const open = (settings: object = {}, name = `s${Math.random()}`) =>
  testServer(place.folder, { startWorker: worker, settings: { state_folder: join(place.folder, name), ...settings } });
const picture = (text: string, name = `${text}.jpg`) => ({ name, bytes: Buffer.from(text) });
const post = (data: FormData | string, headers: Record<string, string> = {}) => ({
  method: "POST",
  body: data,
  headers: typeof data === "string" ? { "content-type": "image/jpeg", ...headers } : headers,
});

test("one picture as the body, or several in a form; options in the address or beside the files", async () => {
  const { app, close } = await open();
  const raw = await app.request("/v1/analyze?threshold=0.5&max_side=64", post("2"));
  assert.equal(raw.status, 200);
  assert.equal(((await raw.json()) as { results: { faces: unknown[] }[] }).results[0]!.faces.length, 2);
  assert.deepEqual((seen.at(-1) as AnalyzeJob).input, { threshold: 0.5, maxSide: 64 });
  const many = await app.request(
    "/v1/analyze",
    post(form([picture("1"), picture("x"), picture("3")], { only: "smile" })),
  );
  const { results } = (await many.json()) as {
    results: { file: string; faces?: unknown[]; error?: { code: string } }[];
  };
  assert.deepEqual(
    results.map(({ file, faces, error }) => [file, faces?.length ?? error?.code]),
    [
      ["1.jpg", 1],
      ["x.jpg", "vision/image-broken"],
      ["3.jpg", 3],
    ],
  );
  assert.deepEqual((seen.at(-1) as AnalyzeJob).input, { only: "smile" });
  await close({ graceMs: 0 });
});

test("an overlay comes as a data URL, or as the picture itself where that is asked for", async () => {
  const { app, close } = await open();
  const inside = (await (await app.request("/v1/analyze?overlay=png", post("1"))).json()) as {
    results: { overlay: string }[];
  };
  assert.equal(inside.results[0]!.overlay, "data:image/png;base64,AQID");
  const itself = await app.request("/v1/detect", post("1", { accept: "image/jpeg" }));
  assert.equal(itself.headers.get("content-type"), "image/jpeg");
  assert.deepEqual(new Uint8Array(await itself.arrayBuffer()), Uint8Array.of(1, 2, 3));
  await close({ graceMs: 0 });
});

test("failures are problem documents with our code and help; defects tell nothing of the machine", async () => {
  const { app, close, lines } = await open();
  const response = await app.request("/v1/analyze", post("x", { "x-request-id": "abc" }));
  assert.equal(response.status, 422);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal(response.headers.get("x-request-id"), "abc");
  assert.deepEqual(await response.json(), {
    type: "urn:fovea:error:vision/image-broken",
    title: "Unprocessable Entity",
    status: 422,
    detail: "body is broken.",
    instance: "urn:fovea:request:abc",
    code: "vision/image-broken",
    help: "mend it.",
  });
  const defect = await app.request("/v1/analyze", post("!"));
  assert.equal(defect.status, 500);
  assert.doesNotMatch(await defect.text(), /secret|\.js/);
  assert.match(lines.at(-1)!.stack!, /secret/);
  await close({ graceMs: 0 });
});

const refused: readonly [string, string, RequestInit, number, string][] = [
  ["no type", "/v1/analyze", { method: "POST", body: Buffer.from("1") }, 415, "server/unsupported-media"],
  ["an empty body", "/v1/analyze", post(""), 400, "server/no-file"],
  ["a form without files", "/v1/analyze", post(form([])), 400, "server/no-file"],
  ["an option that there is not", "/v1/analyze?colour=1", post("1"), 400, "server/bad-request"],
  ["an option out of range", "/v1/analyze?threshold=2", post("1"), 400, "server/bad-request"],
  ["a field that there is not", "/v1/analyze", post(form([picture("1")], { colour: "1" })), 400, "server/bad-request"],
  [
    "a form that is none",
    "/v1/analyze",
    post("1", { "content-type": "multipart/form-data; boundary=b" }),
    400,
    "server/bad-request",
  ],
  ["another method", "/v1/analyze", {}, 405, "server/method-not-allowed"],
  ["another address", "/v1/nothing", {}, 404, "server/unknown-route"],
  ["another model", "/v1/models/none/predict", post("1"), 404, "operations/missing-model"],
  [
    "too many files",
    "/v1/detect",
    post(form("123".split("").map((text) => picture(text)))),
    413,
    "server/too-many-files",
  ],
  ["too large a body", "/v1/detect", post("1".repeat(5000)), 413, "server/body-too-large"],
  ["another Host", "/v1/models", { headers: { host: "evil.example" } }, 421, "server/wrong-host"],
  ["another origin", "/v1/detect", post("1", { origin: "https://evil.example" }), 403, "server/wrong-origin"],
  ["no data sets", "/v1/train", { method: "POST", body: "{}" }, 409, "server/no-data-folder"],
];
for (const [name, path, init, status, code] of refused) {
  test(`refused: ${name}`, async () => {
    const { app, close } = await open({ limits: { files: 2, body_bytes: 4096 } });
    const response = await app.request(path, init);
    assert.deepEqual([response.status, ((await response.json()) as { code: string }).code], [status, code]);
    await close({ graceMs: 0 });
  });
}

test("bodies of all requests together hold no more than they may, and give it back", async () => {
  const { app, close } = await open({ limits: { memory_bytes: 1000 } });
  const sent = Array.from({ length: 3 }, () => app.request("/v1/detect", post("w".repeat(400))));
  const statuses = (await Promise.all(sent)).map(({ status }) => status).sort();
  assert.deepEqual(statuses, [200, 200, 429]);
  assert.equal((await app.request("/v1/detect", post("1".repeat(900)))).status, 200);
  await close({ graceMs: 0 });
});

test("with a key stored, only its bearer gets in, and only where its scopes go", async () => {
  const { app, keys, lines, close } = await open();
  const now = new Date();
  const { key, stored } = await keys.create({ name: "", scopes: ["models"], expires: undefined, now });
  const ask = async (path: string, authorization?: string) =>
    (await app.request(path, authorization ? { headers: { authorization } } : {})).status;
  assert.equal(await ask("/v1/models"), 401);
  assert.equal(await ask("/v1/models", `Bearer ${key}x`), 401);
  assert.equal(await ask("/v1/models", `Basic ${key}`), 401);
  assert.equal(await ask("/v1/models", `Bearer ${key}`), 200);
  assert.equal(await ask("/metrics", `Bearer ${key}`), 403);
  assert.equal(await ask("/health/live"), 200);
  // the log says whose key it was, and nothing of the key
  const [refused, granted] = [lines.at(-2)!, lines.at(-3)!];
  assert.deepEqual([granted.key, refused.key, refused.code], [stored.id, undefined, "server/scope-needed"]);
  assert.doesNotMatch(JSON.stringify(lines), new RegExp(key));
  await keys.revoke(stored.id, now);
  assert.equal(await ask("/v1/models", `Bearer ${key}`), 401);
  await close({ graceMs: 0 });
});

test("a server that other machines reach asks for a key even when there is none", async () => {
  const { app, close } = await open({ host: "0.0.0.0" });
  assert.equal((await app.request("/v1/models")).status, 401);
  await close({ graceMs: 0 });
});

test("more requests than the limit wait, and are told how long", async () => {
  const { app, close } = await open({ limits: { requests_per_minute: 2 } });
  const statuses: number[] = [];
  for (let i = 0; i < 3; i++) {
    const response = await app.request("/v1/detect", post("1"));
    statuses.push(response.status);
    if (response.status === 429) assert.equal(response.headers.get("retry-after"), "30");
  }
  assert.deepEqual(statuses, [200, 200, 429]);
  await close({ graceMs: 0 });
});

test("pages of other origins read answers only where they were named", async () => {
  const { app, close } = await open({ cors_origins: ["https://app.example"] });
  const origin = { origin: "https://app.example" };
  const preflight = await app.request("/v1/detect", { method: "OPTIONS", headers: origin });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get("access-control-allow-origin"), "https://app.example");
  assert.equal(
    (await app.request("/v1/detect", post("1", origin))).headers.get("access-control-allow-origin"),
    "https://app.example",
  );
  assert.equal((await app.request("/v1/models")).headers.get("access-control-allow-origin"), null);
  await close({ graceMs: 0 });
});

test("at a workplace emotions asked for are refused, others are told without them, and the log says so", async () => {
  const { app, close, config } = await open({ purpose: "workplace" });
  const asked = await app.request("/v1/analyze?only=expression,smile", post("1"));
  assert.equal(asked.status, 403);
  assert.equal(((await asked.json()) as { code: string }).code, "server/purpose-refused");
  const count = seen.length;
  const unasked = (await (await app.request("/v1/analyze", post("1"))).json()) as {
    withheld: { names: string[]; code: string };
  };
  assert.equal(seen.length, count + 1);
  assert.ok((seen.at(-1) as AnalyzeJob).withheld.includes("expression"));
  assert.equal(unasked.withheld.code, "server/purpose-refused");
  assert.equal((await app.request("/v1/models/expression/predict", post("1"))).status, 403);
  assert.equal((await app.request("/v2/models/expression/infer", { method: "POST", body: "{}" })).status, 403);
  const log = (await readFile(config.audit_file, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { event: string });
  assert.deepEqual(
    log.map(({ event }) => event),
    ["refused", "refused", "refused", "refused"],
  );
  await close({ graceMs: 0 });
});

test("with a ground they are told, and each time the log holds the ground", async () => {
  const grounds = [
    { basis: "safety", statement: "Drowsy drivers of heavy machines.", responsible: "B", date: "2030-01-01" },
  ];
  const { app, close, config } = await open({ purpose: "workplace", grounds });
  const response = await app.request("/v1/analyze?only=expression", post("1", { "x-request-id": "r1" }));
  assert.equal(response.status, 200);
  const entry = JSON.parse(await readFile(config.audit_file, "utf8")) as object;
  assert.deepEqual(
    { ...entry, time: "" },
    {
      time: "",
      event: "granted",
      request: "r1",
      key: null,
      route: "/v1/analyze",
      purpose: "workplace",
      names: ["expression"],
      ground: grounds[0],
    },
  );
  await close({ graceMs: 0 });
});

test("recipes that name places outside of the data folder are refused; others become jobs", async () => {
  const { app, close } = await open({ data_folder: place.folder, jobs: { parallel: 0 } });
  const train = (recipe: string) => app.request("/v1/train", { method: "POST", body: JSON.stringify({ recipe }) });
  for (const folder of ["/etc", "../secret", "a/../../b", "~/x", "C:\\x"]) {
    const response = await train(`name: x\ndata: { kind: samples, sets: [{ reader: folder, folder: '${folder}' }] }\n`);
    assert.deepEqual(
      [response.status, ((await response.json()) as { code: string }).code],
      [422, "server/recipe-path"],
      folder,
    );
  }
  assert.equal((await train("a: &a [1]\nb: *a\nname: x\n")).status, 400);
  const taken = await train("name: mine\ndata: { folder: set }\n");
  assert.equal(taken.status, 202);
  const job = (await taken.json()) as { id: string; state: string; name: string };
  assert.equal(taken.headers.get("location"), `/v1/jobs/${job.id}`);
  assert.deepEqual([job.state, job.name], ["queued", "mine"]);
  const listed = (await (await app.request("/v1/jobs?state=queued")).json()) as { jobs: { id: string }[] };
  assert.deepEqual(
    listed.jobs.map(({ id }) => id),
    [job.id],
  );
  assert.equal((await app.request(`/v1/jobs/${job.id}/cancel`, { method: "POST" })).status, 202);
  assert.equal((await app.request(`/v1/jobs/${job.id}/model`)).status, 409);
  await close({ graceMs: 0 });
});

test("predictions are scored on a data set of the server, by its name alone", async () => {
  const data = join(place.folder, "data");
  await mkdir(join(data, "set"), { recursive: true });
  const { app, close } = await open({ data_folder: data });
  const csv = { part: "predictions", name: "p.csv", bytes: Buffer.from("id\n") };
  const ask = async (fields: Record<string, string>, file = csv) => {
    const response = await app.request("/v1/evaluate", post(form([file], fields)));
    return [response.status, ((await response.json()) as { code: string }).code];
  };
  assert.deepEqual(await ask({ protocol: "folder", data: "../" }), [404, "server/unknown-dataset"]);
  assert.deepEqual(await ask({ protocol: "none", data: "set" }), [400, "server/bad-request"]);
  assert.deepEqual(await ask({ protocol: "ferplus", data: "set" }, { ...csv, name: "p.exe" }), [
    400,
    "server/bad-request",
  ]);
  // the data set is empty: the protocol's own words come through
  const [status, code] = await ask({ protocol: "ferplus", data: "set" });
  assert.ok([404, 409, 422].includes(status as number), String(status));
  assert.match(String(code), /^(evaluation|operations)\//);
  await close({ graceMs: 0 });
});

test("predictions of a folder of classes get their accuracy: 3 of 4 by hand", async () => {
  const data = join(place.folder, "scored");
  for (const file of ["test/cat/1.png", "test/cat/2.png", "test/dog/1.png", "test/dog/2.png"]) {
    await mkdir(join(data, "pets", file, ".."), { recursive: true });
    await writeFile(join(data, "pets", file), "");
  }
  const { app, close } = await open({ data_folder: data });
  const rows = ["id,label", "test/cat/1.png,cat", "test/cat/2.png,dog", "test/dog/1.png,dog", "test/dog/2.png,dog"];
  const file = { part: "predictions", name: "p.csv", bytes: Buffer.from(rows.join("\n")) };
  const response = await app.request("/v1/evaluate", post(form([file], { protocol: "folder", data: "pets" })));
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const { results } = JSON.parse(text) as { results: { metrics: { accuracy: { value: number } } }[] };
  assert.equal(results[0]!.metrics.accuracy.value, 0.75);
  await close({ graceMs: 0 });
});

test("files of the console are served with their own policy, nothing outside of its folder", async () => {
  const folder = join(place.folder, "console");
  await mkdir(join(folder, "assets"), { recursive: true });
  await writeFile(join(folder, "index.html"), "<h1>page</h1>");
  await writeFile(join(folder, "assets", "a-1.js"), "1");
  await writeFile(join(place.folder, "secret.txt"), "secret");
  const { app, close } = await open({ console_folder: folder });
  const page = await app.request("/");
  assert.match(page.headers.get("content-security-policy")!, /script-src 'self' 'wasm-unsafe-eval'/);
  assert.equal(await (await app.request("/train")).text(), "<h1>page</h1>");
  const script = await app.request("/assets/a-1.js");
  assert.match(script.headers.get("cache-control")!, /immutable/);
  assert.equal(
    (await app.request("/assets/a-1.js", { headers: { "if-none-match": script.headers.get("etag")! } })).status,
    304,
  );
  for (const path of [
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/assets/..%5c..%5csecret.txt",
    "/none.js",
    "/%00",
    "/%",
  ]) {
    assert.equal((await app.request(`http://localhost${path}`)).status, 404, path);
  }
  await close({ graceMs: 0 });
});

test("the reference needs no script and nothing from elsewhere; measurements tell stages, faces and errors", async () => {
  const { app, close } = await open({ console_folder: join(place.folder, "no-console") });
  const page = await app.request("/docs");
  const html = await page.text();
  assert.match(html, /\/v1\/analyze/);
  assert.doesNotMatch(html, /<script|https?:\/\/(?!127\.0\.0\.1)/);
  assert.match(page.headers.get("content-security-policy")!, /default-src 'none'/);
  await app.request("/v1/detect", post("3"));
  await app.request("/v1/detect", post("x"));
  const metrics = await (await app.request("/metrics")).text();
  assert.match(metrics, /fovea_faces_total 3/);
  assert.match(metrics, /fovea_errors_total\{code="vision\/image-broken"\} 1/);
  assert.match(metrics, /fovea_stage_seconds_count\{stage="queue"\} 1/);
  assert.match(metrics, /fovea_queue_length 0/);
  await close({ graceMs: 0 });
});
