import { asFoveaError, type FoveaError } from "@foveajs/errors";
import { type Context, type Operation, type Outcome, outcomeOf, runOperation } from "@foveajs/operations";
import { type ExitCode, exitCodeOf } from "./exit-code.ts";
import { checkInput } from "./flags/check.ts";
import { productHelp, verbHelp } from "./flags/help.ts";
import { type CommandLine, parseCommandLine } from "./flags/parse.ts";
import { errorText, stackText } from "./output/error-text.ts";
import { createProgressLine, noProgressLine } from "./output/progress.ts";
import { createStyle, type Style } from "./output/style.ts";
import type { View } from "./views/view.ts";

/** Where text goes. */
export interface Output {
  /** Ends when the text is taken, so that no more is made than is read. */
  write(text: string): Promise<void>;
  readonly isTerminal: boolean;
  readonly isColored: boolean;
  /** Width in characters. */
  columns(): number;
}

export interface RunOptions {
  readonly operations: readonly Operation[];
  /** How results of an operation look, by its name. */
  readonly createView: (name: string, style: Style) => View<unknown>;
  readonly createContext: (
    edge: Pick<Context, "signal" | "progress"> & { onFailure?: (thrown: unknown) => void },
  ) => Context;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly signal: AbortSignal;
  readonly version: string;
}

/** Runs one command line, all output included, and tells the exit code. */
export async function runCommandLine(args: readonly string[], options: RunOptions): Promise<ExitCode> {
  const { operations, stdout, stderr, version } = options;
  const style = createStyle({ isColored: stderr.isColored });
  try {
    const line = parseCommandLine(args, operations);
    const width = Math.min(100, stdout.columns());
    if (line.common.version) await stdout.write(`fovea ${version}\n`);
    else if (line.operation && line.common.help) await stdout.write(verbHelp(line.operation, { width }));
    else if (line.operation) return await runVerb(line.operation, line, options);
    else await stdout.write(productHelp(operations, { width }));
    return 0;
  } catch (thrown) {
    if (args.includes("--debug")) await stderr.write(stackText(thrown));
    await stderr.write(errorText(asFoveaError(thrown), style));
    return 2;
  }
}

async function runVerb(operation: Operation, { common, input }: CommandLine, options: RunOptions): Promise<ExitCode> {
  checkInput(operation, input);
  const { stdout, stderr, signal } = options;
  const style = createStyle({ isColored: stderr.isColored });
  const failures: Pick<FoveaError, "code" | "message" | "help">[] = [];
  const outcomes: Record<Outcome, number> = { done: 0, failed: 0, unmet: 0 };
  let device: string | undefined;
  const line = stderr.isTerminal
    ? createProgressLine({
        write: (text) => void stderr.write(text),
        columns: stderr.columns,
        now: performance.now.bind(performance),
      })
    : noProgressLine;
  const context = options.createContext({
    signal,
    progress: (progress) => {
      device = progress.device ?? device;
      line.update(progress);
    },
    ...(common.debug ? { onFailure: (thrown: unknown) => void stderr.write(stackText(thrown)) } : {}),
  });
  const view = options.createView(operation.name, createStyle({ isColored: stdout.isColored }));
  const print = async (text: string) => {
    if (text === "") return;
    line.clear();
    await stdout.write(text);
  };
  const start = context.now();
  try {
    for await (const result of runOperation(operation, input, context)) {
      outcomes[outcomeOf(operation, result)]++;
      failures.push(...failureOf(result));
      await print(common.json ? `${JSON.stringify(result)}\n` : view.item(result));
    }
    if (!common.json) await print(view.end({ milliseconds: context.now() - start, device }));
    line.clear();
    if (!common.json) for (const failure of failures) await stderr.write(errorText(failure, style));
    return exitCodeOf(outcomes);
  } catch (thrown) {
    line.clear();
    const error = asFoveaError(thrown);
    if (common.debug) await stderr.write(stackText(thrown));
    if (common.json) await print(`${JSON.stringify({ error })}\n`);
    else await stderr.write(errorText(error, style));
    return signal.aborted || error.kind === "cancelled" ? 130 : 3;
  }
}

function failureOf(result: unknown): Pick<FoveaError, "code" | "message" | "help">[] {
  if (typeof result !== "object" || result === null || !("error" in result)) return [];
  return [result.error as Pick<FoveaError, "code" | "message" | "help">];
}
