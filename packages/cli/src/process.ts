import { readFile } from "node:fs/promises";
import type { Writable } from "node:stream";
import { isColored } from "./output/style.ts";
import { type Output, type RunOptions, runCommandLine } from "./run.ts";
import { verbs } from "./verbs.ts";
import { views } from "./views/table.ts";
import type { View } from "./views/view.ts";

type Stream = Writable & { isTTY?: boolean; columns?: number };

/** Joins the command line to this process: arguments, streams, signals, exit code. */
export async function runProcess({ createContext }: Pick<RunOptions, "createContext">): Promise<void> {
  const stop = new AbortController();
  const closed = new AbortController();
  // `| head` closes the pipe when it has seen enough: that is no failure.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      closed.abort();
      stop.abort();
    });
  }
  let isStopping = false;
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (isStopping) process.exit(130);
      isStopping = true;
      stop.abort();
    });
  }
  const code = await runCommandLine(process.argv.slice(2), {
    operations: verbs,
    createView: (name, style) => views[name as keyof typeof views]({ style }) as View<unknown>,
    createContext,
    stdout: createOutput(process.stdout, closed.signal),
    stderr: createOutput(process.stderr, closed.signal),
    signal: stop.signal,
    version: await readVersion(),
  });
  // Standard input that nobody read, or a worker on its way out, must not hold the process.
  process.exit(closed.signal.aborted ? 0 : code);
}

function createOutput(stream: Stream, closed: AbortSignal): Output {
  return {
    write: (text) =>
      new Promise((resolve) => {
        if (closed.aborted) return resolve();
        // The callback comes when the text has left the process, with an error where the other end has gone.
        stream.write(text, () => resolve());
      }),
    isTerminal: stream.isTTY ?? false,
    isColored: isColored(stream.isTTY ?? false, process.env),
    columns: () => stream.columns ?? 100,
  };
}

async function readVersion(): Promise<string> {
  const manifest = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return manifest.version;
}
