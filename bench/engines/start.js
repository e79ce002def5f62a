import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { drawBatch, initialWeights } from "../network.js";
import { engines } from "./table.js";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/**
 * Starts an engine of the table on a work in a process of its own. `python`: one that has PyTorch, where the engine needs it.
 * `idle`: what threads do between operators, "sleep" or "spin".
 * Resolves to a contestant for `interleave`, with `version`, `firstLoss()`, `lastLoss()`, `peakMegabytes()`, `dispose()`.
 */
export async function startEngine(name, { work, batch, threads, idle, python }) {
  const { layout } = engines[name];
  const server = layout === undefined ? openServer(process.execPath, "./serve.js") : openTorch(python, idle);
  const losses = [];
  try {
    const created =
      layout === undefined
        ? await server.call({ command: "create", name, work: work.name, batch, threads, idle })
        : await createTorch(server, { work, batch, threads, layout });
    return {
      name,
      ...created,
      batch,
      async measure(count) {
        const { wall_ms, cpu_ms, losses: made } = await server.call({ command: "steps", count });
        losses.push(...made);
        return { wallMs: wall_ms, cpuMs: cpu_ms };
      },
      firstLoss: () => losses[0],
      lastLoss: () => losses.at(-1),
      peakMegabytes: async () => (await server.call({ command: "memory" })).peak_memory_mb,
      dispose: server.dispose,
    };
  } catch (error) {
    server.kill();
    throw error;
  }
}

/** bench/torch-server.py in a process of its own. */
export const openTorch = (python, idle = "sleep") =>
  // left alone, its threads wait awake for a moment, which takes the cores from the other contestants
  openServer(python, "../torch-server.py", idle === "sleep" ? { OMP_WAIT_POLICY: "PASSIVE" } : {});

/** Hands PyTorch the work with the weights and the batch that all engines start from; resolves to what it answers. */
export async function createTorch(server, { work, batch, threads, layout, weights = initialWeights(work.network) }) {
  const folder = mkdtempSync(path.join(tmpdir(), "fovea-bench-"));
  const tensors = {};
  const write = (name, ...arrays) => {
    tensors[name] = path.join(folder, name);
    writeFileSync(
      tensors[name],
      Buffer.concat(arrays.map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength))),
    );
  };
  try {
    const { images, labels } = drawBatch(work, batch);
    write("weights", ...work.network.parameters.map(({ name }) => weights.get(name)));
    write("images", images);
    write("labels", labels);
    return await server.call({ command: "create", work, batch, threads, layout, tensors });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A process that answers a line of JSON by a line of JSON; other lines that it prints are passed over. */
function openServer(program, file, variables = {}) {
  const env = { ...process.env, ...variables };
  const child = spawn(program, [here(file)], { stdio: ["pipe", "pipe", "inherit"], env });
  child.stdin.on("error", () => {}); // the end of the process shows in its answers
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async call(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      for (;;) {
        const { value, done } = await answers.next();
        if (done) throw new Error(`${path.basename(file)} ended during "${request.command}": expected an answer.`);
        if (!value.startsWith("{")) continue;
        const answer = JSON.parse(value);
        if (answer.error !== undefined) throw new Error(answer.error);
        return answer;
      }
    },
    dispose: () => child.stdin.end(),
    kill: () => child.kill(),
  };
}
