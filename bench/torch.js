import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const serverFile = fileURLToPath(new URL("./torch-server.py", import.meta.url));

/** First Python that has PyTorch: `FOVEA_PYTHON`, then the usual places; undefined where none has. */
export function findTorchPython(environment = process.env) {
  const candidates = [environment.FOVEA_PYTHON, "python3", "/usr/bin/python3"].filter((name) => name !== undefined);
  return candidates.find((python) => spawnSync(python, ["-c", "import torch"], { stdio: "ignore" }).status === 0);
}

/**
 * Starts PyTorch's side of a work in a process of its own. `layout`: "contiguous" (NCHW) or "channels_last" (NHWC).
 * Resolves to a contestant for `interleave`, with `version`, `parameters`, `lastLoss()`, `peakMegabytes()`, `dispose()`.
 */
export async function createTorch({ python, work, batch, threads, layout }) {
  const child = spawn(python, [serverFile], { stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const call = async (request) => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error(`bench/torch-server.py ended during "${request.command}": expected an answer.`);
    const answer = JSON.parse(value);
    if (answer.error !== undefined) throw new Error(`bench/torch-server.py, "${request.command}": ${answer.error}`);
    return answer;
  };
  const create = { command: "create", work, batch, threads, layout };
  const { version, parameters } = await call(create).catch((error) => {
    child.kill();
    throw error;
  });
  let loss = Number.NaN;
  return {
    name: layout === "contiguous" ? "torch" : `torch ${layout}`,
    version,
    parameters,
    async measure(count) {
      const answer = await call({ command: "steps", count });
      loss = answer.loss;
      return { wallMs: answer.wall_ms, cpuMs: answer.cpu_ms };
    },
    lastLoss: () => loss,
    peakMegabytes: async () => (await call({ command: "memory" })).peak_megabytes,
    dispose: () => child.stdin.end(),
  };
}
