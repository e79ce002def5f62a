import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { asFoveaError } from "@foveajs/errors";
import { type Config, readConfig } from "./config/config.ts";
import { createExecutor } from "./inference/executor.ts";
import type { Answer, Job } from "./inference/jobs.ts";
import { sentError } from "./inference/messages.ts";
import type { StartWorker } from "./inference/thread.ts";
import type { LogLine } from "./routes/app.ts";
import { type Assembly, assemble } from "./verbs/assemble.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A photograph with one face, 512 x 512. */
export const photograph = (): Promise<Buffer> => readFile(join(root, "examples", "astronaut.jpg"));

/** A folder for one test file, with the shipped models: the expression model stands in for the reader of faces. */
export async function makeFolder(): Promise<{ folder: string; models: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "fovea-server-"));
  const models = join(folder, "models");
  await mkdir(models);
  const shipped = join(root, "models");
  await copyFile(join(shipped, "face-detector.onnx"), join(models, "face-detector.onnx"));
  await copyFile(join(shipped, "expression.onnx"), join(models, "face-reader.onnx"));
  await copyFile(join(shipped, "expression.onnx"), join(models, "expression.onnx"));
  return { folder, models, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A worker in this thread whose jobs are answered by a function; it says that it is ready at once. */
export const answeringWorker =
  (answer: (job: Job, signal: AbortSignal) => Promise<Answer>): StartWorker =>
  ({ report }) => {
    const running = new Map<number, AbortController>();
    setImmediate(() => report({ type: "ready" }));
    return {
      post(order) {
        if (order.type === "cancel") return running.get(order.id)?.abort();
        for (const { id, job } of order.jobs) {
          const stop = new AbortController();
          running.set(id, stop);
          answer(job, stop.signal).then(
            (answered) => report({ type: "answer", id, answer: answered, stages: { inference: 1 } }),
            (thrown: unknown) => report({ type: "failure", id, error: sentError(asFoveaError(thrown)) }),
          );
        }
      },
      terminate: async () => {},
    };
  };

/** A worker in this thread that runs the real models of a folder, one thread of computation. */
export function realWorker(
  models: string,
  limits: { pixels?: number; faces?: number } = {},
): {
  start: StartWorker;
  dispose: () => Promise<void>;
} {
  const executor = createExecutor({
    models,
    threads: 1,
    remotes: {},
    card_remotes: {},
    pixels: 40e6,
    faces: 500,
    ...limits,
  });
  const start = answeringWorker(
    (job, signal) =>
      new Promise((resolve, reject) => {
        void executor.execute([{ job, signal }], (_, outcome) => {
          if ("error" in outcome) reject(outcome.error);
          else resolve(outcome.answer);
        });
      }),
  );
  return { start, dispose: () => executor.dispose() };
}

export interface TestServer extends Assembly {
  readonly config: Config;
  readonly lines: LogLine[];
}

/** A server without a port over a worker in this thread, its files in `folder`. */
export async function testServer(
  folder: string,
  { startWorker, settings = {} }: { startWorker: StartWorker; settings?: object },
): Promise<TestServer> {
  const overrides = { state_folder: join(folder, "state"), models: join(folder, "models"), ...settings };
  const config = await readConfig(undefined, { overrides, env: {} });
  const lines: LogLine[] = [];
  const assembly = assemble(config, { log: (line) => lines.push(line), startWorker, processWide: false });
  await assembly.pool.ready;
  return { ...assembly, config, lines };
}

/** A multipart body with these files and fields. */
export function form(
  files: readonly { part?: string; name: string; bytes: Uint8Array }[],
  fields: Readonly<Record<string, string>> = {},
): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  for (const { part = "files", name, bytes } of files)
    data.append(part, new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
  return data;
}
