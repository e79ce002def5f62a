// Runs where there is no network but loopback: serves, asks everything once, and prints what came of it as a line of JSON.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { nodeParts } from "@foveajs/operations";
import { makeFolder, photograph } from "../server.test.support.ts";
import { serve } from "./serve.test.support.ts";

const place = await makeFolder();
const state = await mkdtemp(join(tmpdir(), "fovea-offline-"));
const { url, child, ended, log } = await serve(state, { models: place.models, jobs: { threads: 1 } });

async function json<Told>(path: string, init: RequestInit = {}): Promise<Told> {
  const response = await fetch(`${url}${path}`, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return (text === "" ? {} : JSON.parse(text)) as Told;
}

/** What becomes of a connection to the world: an address that is kept for documents (RFC 5737). */
const world = await new Promise<string>((resolve) => {
  const socket = connect(80, "192.0.2.1");
  socket.on("connect", () => resolve("connected"));
  socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
});
const image = { method: "POST", headers: { "content-type": "image/jpeg" }, body: new Uint8Array(await photograph()) };
const { results } = await json<{ results: { faces: { expression: { label: string } }[] }[] }>("/v1/analyze", image);
const { models } = await json<{ models: { name: string }[] }>("/v1/models");

const set = await json<{ id: string }>("/v1/datasets", { method: "POST", body: JSON.stringify({ name: "shades" }) });
const side = 16;
for (let index = 0; index < 12; index++) {
  for (const [label, level] of [
    ["dark", 30 + index],
    ["bright", 180 + index],
  ] as const) {
    const data = Uint8Array.from({ length: side * side }, (_, at) => level + ((at * 7) % 17));
    const bytes = await nodeParts.encodeImage({ width: side, height: side, order: "gray", data }, { format: "png" });
    await json(`/v1/datasets/${set.id}/pictures/${label}/${index}.png`, {
      method: "PUT",
      headers: { "content-type": "image/png" },
      body: new Uint8Array(bytes),
    });
  }
}
const wish = { method: "POST", body: JSON.stringify({ pictures: set.id, minutes: 0.05 }) };
const job = await json<{ id: string }>("/v1/train", wish);
await (await fetch(`${url}/v1/jobs/${job.id}/events`)).text();
const { state: jobState, error } = await json<{ state: string; error: object | null }>(`/v1/jobs/${job.id}`);
const model = await fetch(`${url}/v1/jobs/${job.id}/model`);
const modelBytes = (await model.arrayBuffer()).byteLength;
const reference = (await fetch(`${url}/docs`)).status;

child.kill("SIGTERM");
const told = {
  world,
  interfaces: Object.keys(networkInterfaces()),
  routes: (await readFile("/proc/net/route", "utf8")).trim().split("\n").length - 1,
  faces: results[0]!.faces.length,
  expression: results[0]!.faces[0]?.expression.label,
  models: models.length,
  job: { state: jobState, error },
  model_bytes: modelBytes,
  reference,
  exit: await ended,
  log,
};
await Promise.all([place.remove(), rm(state, { recursive: true, force: true })]);
process.stdout.write(`${JSON.stringify(told)}\n`);
