import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";

const main = fileURLToPath(new URL("../../../cli/dist/main.js", import.meta.url));

/** `fovea serve` as a process of its own. */
export interface Served {
  readonly url: string;
  readonly child: ChildProcess;
  /** Exit code. */
  readonly ended: Promise<number | null>;
  /** Lines of its log so far. */
  readonly log: string[];
}

/** Starts the command on a configuration and waits until it listens and, unless told otherwise, is ready; `before` is a command that starts it. */
export async function serve(
  folder: string,
  settings: object,
  { before = [], waits = true }: { before?: readonly string[]; waits?: boolean } = {},
): Promise<Served> {
  const config = join(folder, `server-${Math.random()}.yaml`);
  await writeFile(config, stringify({ port: 0, log: "error", state_folder: folder, ...settings }));
  const [program, ...args] = [...before, process.execPath, main, "serve", "--json", "--config", config];
  const child = spawn(program!, args, { stdio: ["ignore", "pipe", "pipe"] });
  const log: string[] = [];
  createInterface({ input: child.stderr! }).on("line", (line) => log.push(line));
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  const first = new Promise<string>((resolve) => createInterface({ input: child.stdout! }).once("line", resolve));
  const line = await Promise.race([
    first,
    ended.then((code) => Promise.reject(new Error(`exit ${code}: ${log.join("\n")}`))),
  ]);
  const { url } = JSON.parse(line) as { url: string };
  while (waits && !(await fetch(`${url}/health/ready`)).ok) await sleep(50);
  return { url, child, ended, log };
}

/** Open files and sockets of a process, and the memory that it holds in bytes; Linux tells both. */
export async function holdings(pid: number): Promise<{ handles: number; bytes: number }> {
  const handles = (await readdir(`/proc/${pid}/fd`)).length;
  const [, kibibytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))!;
  return { handles, bytes: 1024 * Number(kibibytes) };
}
