import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Assembly, assemble, type Config, readConfig } from "@foveajs/server";

type AssembleOptions = NonNullable<Parameters<typeof assemble>[1]>;
type StartWorker = NonNullable<AssembleOptions["startWorker"]>;
type LogLine = Parameters<AssembleOptions["log"]>[0];

export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A photograph with one face, 512 x 512. */
export const photograph = join(root, "examples", "astronaut.jpg");

/** A server of this process, with a key that may do everything. */
export interface TestServer extends Assembly {
  readonly config: Config;
  readonly lines: readonly LogLine[];
  /** Asks it without a port. */
  readonly fetch: (address: string, init: RequestInit) => Promise<Response>;
  readonly end: () => Promise<void>;
}

/** Starts a server with the repository's models, or with another worker in place of the threads that run them. */
export async function startServer(settings: object = {}, startWorker?: StartWorker): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), "fovea-client-"));
  const overrides = {
    state_folder: join(folder, "state"),
    data_folder: join(folder, "data"),
    models: join(root, "models"),
    jobs: { parallel: 0 },
    port: 0,
    drain_ms: 0,
    ...settings,
  };
  await mkdir(overrides.data_folder, { recursive: true });
  const config = await readConfig(undefined, { overrides, env: {} });
  const lines: LogLine[] = [];
  const worker = startWorker === undefined ? {} : { startWorker };
  const assembly = assemble(config, { log: (line) => lines.push(line), processWide: false, ...worker });
  await assembly.pool.ready;
  return {
    ...assembly,
    config,
    lines,
    fetch: async (address, init) => assembly.app.request(address, init),
    async end() {
      await assembly.close({ graceMs: 0 });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A worker that answers each job when it is told to, as a picture without faces; says which jobs were given up. */
export function heldWorker(): {
  start: StartWorker;
  running: Set<number>;
  cancelled: Set<number>;
  release: () => void;
} {
  const running = new Set<number>();
  const cancelled = new Set<number>();
  let report: Parameters<StartWorker>[0]["report"] = () => {};
  const start: StartWorker = (events) => {
    report = events.report;
    setImmediate(() => report({ type: "ready" }));
    return {
      post(order) {
        if (order.type === "cancel") {
          cancelled.add(order.id);
          const error = { code: "server/client-gone", kind: "cancelled", message: "gone", help: "" } as const;
          report({ type: "failure", id: order.id, error });
        } else for (const { id } of order.jobs) running.add(id);
      },
      terminate: async () => {},
    };
  };
  const release = () => {
    const analysis = { file: "f", width: 1, height: 1, faces: [], milliseconds: 1 };
    for (const id of running) report({ type: "answer", id, answer: { analysis }, stages: { inference: 1 } });
    running.clear();
  };
  return { start, running, cancelled, release };
}

/** Makes a job of a server look as it does after a training: its last events, its state, its model. */
export async function finishJob({ config }: TestServer, id: string, events: readonly object[]): Promise<void> {
  const folder = join(config.state_folder, "jobs", id);
  const job = JSON.parse(await readFile(join(folder, "job.json"), "utf8")) as object;
  await mkdir(join(folder, "run"), { recursive: true });
  await writeFile(join(folder, "run", "made.onnx"), "model");
  await writeFile(join(folder, "job.json"), JSON.stringify({ ...job, state: "done" }));
  await writeFile(join(folder, "events.jsonl"), events.map((event) => `${JSON.stringify(event)}\n`).join(""), {
    flag: "a",
  });
}
