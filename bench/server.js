// Bench: the HTTP server beside the library in one run, one-face photographs: throughput with 32 clients, own cost with one.
// npm run bench -- server [--seconds 5] [--rounds 3] [--clients 32] [--json]
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createNodeContext, operations, runOperation } from "@foveajs/operations";
import { environment, median } from "./harness.js";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
    clients: { type: "string", default: "32" },
    models: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const [seconds, rounds, clients] = [values.seconds, values.rounds, values.clients].map(Number);
const root = fileURLToPath(new URL("..", import.meta.url));
const photo = readFileSync(path.join(root, "examples", "astronaut.jpg"));
const agent = new Agent({ keepAlive: true, maxSockets: clients });

/** One request; resolves to its status and its time. */
const ask = (url) =>
  new Promise((resolve, reject) => {
    const start = performance.now();
    const headers = { "content-type": "image/jpeg", "content-length": photo.length };
    const asking = request(`${url}/v1/analyze`, { method: "POST", agent, headers }, (response) => {
      response.resume().on("end", () => resolve({ status: response.statusCode, ms: performance.now() - start }));
    });
    asking.on("error", reject);
    asking.end(photo);
  });

/** So many at once for the time; what each came to. */
async function load(url, count) {
  const end = performance.now() + 1000 * seconds;
  const done = [];
  await Promise.all(
    Array.from({ length: count }, async () => {
      while (performance.now() < end) done.push(await ask(url));
    }),
  );
  return done;
}

/** The operation itself on models that stay open, so many pictures at once; times of each in milliseconds. */
async function library(count) {
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
  const end = performance.now() + 1000 * seconds;
  const times = [];
  await Promise.all(
    Array.from({ length: count }, async () => {
      while (performance.now() < end) times.push(await one());
    }),
  );
  await pipeline.dispose();
  return times;
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

const ratios = [];
const costs = [];
const times = [];
const statuses = {};
for (let round = 0; round < rounds; round += 1) {
  // as many at once as the server has with its worker
  const own = await library(4);
  const served = await load(url, clients);
  const answered = served.filter(({ status }) => status === 200);
  for (const { status } of served) statuses[status] = (statuses[status] ?? 0) + 1;
  ratios.push(answered.length / own.length);
  times.push(...answered.map(({ ms }) => ms));
  const [alone, single] = [await library(1), await load(url, 1)];
  costs.push(median(single.map(({ ms }) => ms)) - median(alone));
}
const memory = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
server.kill("SIGTERM");
await new Promise((resolve) => server.on("exit", resolve));
await rm(folder, { recursive: true });
agent.destroy();

const p95 = times.sort((a, b) => a - b)[Math.floor(0.95 * times.length)];
const result = {
  bench: "server",
  throughput_ratio: median(ratios),
  own_cost_ms: median(costs),
  p95_ms: p95,
  pictures_per_second: times.length / (rounds * seconds),
  statuses,
  memory_mb: memory,
  clients,
  ...environment(),
};
if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
else {
  process.stdout.write(
    `${clients} clients: ${result.pictures_per_second.toFixed(1)} pictures/s, ${result.throughput_ratio.toFixed(2)} of the library's own; ` +
      `p95 ${p95.toFixed(0)} ms; one client: ${result.own_cost_ms.toFixed(1)} ms above the library; ${memory.toFixed(0)} MB; ` +
      `answers ${JSON.stringify(statuses)}\n`,
  );
}
