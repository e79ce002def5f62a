// An engine of JavaScript in a process of its own, so that its memory is its own: one JSON command a line in, one answer a line out,
// the commands of bench/torch-server.py ("create" takes the work's name).
import { createInterface } from "node:readline";
import { measureHere, peakMegabytes } from "../harness.js";
import { works } from "../works.js";
import { engines } from "./table.js";

const write = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

let engine;
const commands = {
  async create({ name, work, batch, threads, idle }) {
    engine = await engines[name].open({ work: works[work], batch, threads, idle });
    return { version: engine.version };
  },
  async steps({ count }) {
    const losses = [];
    const { wallMs, cpuMs } = await measureHere(async () => losses.push(await engine.step()))(count);
    return { wall_ms: wallMs, cpu_ms: cpuMs, losses };
  },
  memory: async () => ({ peak_memory_mb: peakMegabytes() }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...request } = JSON.parse(line);
  try {
    write(await commands[command](request));
  } catch (error) {
    write({ error: error.message ?? String(error) });
  }
}
await engine?.dispose();
process.exit(0); // the pools of some libraries keep the process alive
