// Bench: the HTTP server beside the library in one run, one-face photographs: a minute of 32 clients in rounds, between which
// the library has the machine, and the server's own cost with one client.
// npm run bench -- server [--seconds 20] [--rounds 3] [--clients 32] [--json]
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createNodeContext, operations, runOperation } from "@foveajs/operations";
import { environment, median } from "./harness.js";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    rounds: { type: "string", default: "3" },
    clients: { type: "string", default: "32" },
    models: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
/** Pictures that the library has at once: as many as the server gives to its worker. */
const AT_ONCE = 4;
/** A client that is refused waits so long; Retry-After counts in whole seconds, which would leave the machine idle. */
const REFUSED_MS = 50;

const [seconds, rounds, clients] = [values.seconds, values.rounds, values.clients].map(Number);
const root = fileURLToPath(new URL("..", import.meta.url));
const photo = readFileSync(path.join(root, "examples", "astronaut.jpg"));
const agent = new Agent({ keepAlive: true, maxSockets: clients });

/** One request; resolves to its status, or the code of what went wrong on the connection, and its time. */
const ask = (url) =>
  new Promise((resolve) => {
    const start = performance.now();
    const headers = { "content-type": "image/jpeg", "content-length": photo.length };
    const asking = request(`${url}/v1/analyze`, { method: "POST", agent, headers }, (response) => {
      response.resume().on("end", () => resolve({ status: response.statusCode, ms: performance.now() - start }));
    });
    asking.on("error", (error) => resolve({ status: error.code ?? error.message, ms: performance.now() - start }));
    asking.end(photo);
  });

/** So many at once for the time; what each came to. One that is refused comes again after a moment. */
async function load(url, count) {
  const end = performance.now() + 1000 * seconds;
  const done = [];
  await Promise.all(
    Array.from({ length: count }, async () => {
      while (performance.now() < end) {
        const answer = await ask(url);
        done.push(answer);
        if (answer.status !== 200) await sleep(REFUSED_MS);
      }
    }),
  );
  return done;
}

/** One at a time, in turn here and there for the time, so that a busy neighbour disturbs both alike: both medians. */
async function inTurn(url, one) {
  const end = performance.now() + 1000 * seconds;
  const times = { here: [], served: [] };
  while (performance.now() < end) {
    times.here.push(await one());
    const { status, ms } = await ask(url);
    if (status === 200) times.served.push(ms);
  }
  return { here: median(times.here), served: median(times.served) };
}

/** The operation itself on models that stay open: `one` analyses a picture and resolves to its milliseconds. */
async function openLibrary() {
  const usual = createNodeContext({ signal: new AbortController().signal, progress: () => {} });
  const pipeline = await usual.parts.createFacePipeline({ models: usual.models(values.models) });
  const resident = async () => ({ ...pipeline, dispose: async () => {} });
  const one = async () => {
    const stdin = (async function* () {
      yield photo;
    })();
    const context = { ...usual, stdin, parts: { ...usual.parts, createFacePipeline: resident } };
    const start = performance.now();
    for await (const result of runOperation(operations[0], { files: ["-"] }, context)) {
      if ("error" in result) throw new Error(result.error.message);
    }
    return performance.now() - start;
  };
  await one();
  return { one, dispose: () => pipeline.dispose() };
}

/** Pictures that the library does in the time, so many at once. */
async function pace(one, count) {
  const end = performance.now() + 1000 * seconds;
  let done = 0;
  await Promise.all(
    Array.from({ length: count }, async () => {
      while (performance.now() < end) {
        await one();
        done += 1;
      }
    }),
  );
  return done;
}

const folder = await mkdtemp(path.join(tmpdir(), "fovea-bench-"));
const config = path.join(folder, "server.yaml");
const models = values.models === undefined ? "" : `models: ${path.resolve(values.models)}\n`;
await writeFile(config, `port: 0\nlog: silent\nstate_folder: .\nlimits: { requests_per_minute: 1000000 }\n${models}`);
const server = spawn(
  process.execPath,
  [path.join(root, "packages/cli/dist/main.js"), "serve", "--json", "--config", config],
  {
    stdio: ["ignore", "pipe", "inherit"],
  },
);
const [line] = await createInterface({ input: server.stdout })
  [Symbol.asyncIterator]()
  .next()
  .then(({ value }) => [value]);
const { url } = JSON.parse(line);
for (let warm = 0; warm < 3; warm += 1) await ask(url);

const library = await openLibrary();
const ratios = [];
const costs = [];
const times = [];
const statuses = {};
for (let round = 0; round < rounds; round += 1) {
  const own = await pace(library.one, AT_ONCE);
  const served = await load(url, clients);
  for (const { status } of served) statuses[status] = (statuses[status] ?? 0) + 1;
  const answered = served.filter(({ status }) => status === 200);
  ratios.push(answered.length / own);
  times.push(...answered.map(({ ms }) => ms));
  const { here, served: there } = await inTurn(url, library.one);
  costs.push(there - here);
}
await library.dispose();
const status = readFileSync(`/proc/${server.pid}/status`, "utf8");
/** Mebibytes of a line of Linux's account of the process. */
const memory = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN) / 1024;
server.kill("SIGTERM");
await new Promise((resolve) => server.on("exit", resolve));
await rm(folder, { recursive: true });
agent.destroy();

const sorted = times.sort((a, b) => a - b);
const result = {
  bench: "server",
  throughput_ratio: median(ratios),
  own_cost_ms: median(costs),
  p50_ms: median(sorted),
  p95_ms: sorted[Math.floor(0.95 * sorted.length)],
  pictures_per_second: times.length / (rounds * seconds),
  // any answer but a picture's, and but 429, which says when to come again
  errors: Object.entries(statuses).reduce((sum, [code, count]) => sum + (/^(200|429)$/.test(code) ? 0 : count), 0),
  statuses,
  memory_mb: memory("VmRSS"),
  peak_memory_mb: memory("VmHWM"),
  clients,
  seconds: rounds * seconds,
  ...environment(),
};
if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
else {
  const { pictures_per_second, throughput_ratio, p50_ms, p95_ms, own_cost_ms, memory_mb, peak_memory_mb, errors } =
    result;
  process.stdout.write(
    `${clients} clients, ${result.seconds} s: ${pictures_per_second.toFixed(1)} pictures/s, ${throughput_ratio.toFixed(2)} of the library's own; ` +
      `median ${p50_ms.toFixed(0)} ms, p95 ${p95_ms.toFixed(0)} ms; ${errors} errors, answers ${JSON.stringify(statuses)}\n` +
      `one client: ${own_cost_ms.toFixed(1)} ms a request above the library\n` +
      `memory: ${memory_mb.toFixed(0)} MB, at most ${peak_memory_mb.toFixed(0)} MB\n`,
  );
}
