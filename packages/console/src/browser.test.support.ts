import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { consoleFolder } from "./index.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const main = path.join(root, "packages", "cli", "dist", "main.js");

/** Why tests in a browser cannot run here; false where they can. For the `skip` of a test. */
export function cannotRun(): string | false {
  if (findChromium() === undefined) return "no Chromium: name it with FOVEA_CHROMIUM";
  if (!existsSync(path.join(consoleFolder, "index.html"))) return "the console is not built";
  return existsSync(main) ? false : "the command line is not built";
}

/** A file of the examples. */
export const example = (name: string): string => path.join(root, "examples", name);

/** The Chromium to test in: FOVEA_CHROMIUM, else `chromium` on the PATH; undefined where there is none. */
function findChromium(): string | undefined {
  const named = process.env.FOVEA_CHROMIUM;
  if (named !== undefined && named !== "") return existsSync(named) ? named : undefined;
  const found = spawnSync("sh", ["-c", "command -v chromium"], { encoding: "utf8" }).stdout?.trim();
  return found || undefined;
}

/** A running server with its console. */
export interface ConsoleServer {
  /** "http://127.0.0.1:PORT" */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the server as people do, on a free port, and waits until it is ready; `settings` are lines of its configuration (YAML). */
export async function startServer({ settings = "" }: { settings?: string } = {}): Promise<ConsoleServer> {
  const folder = await mkdtemp(path.join(tmpdir(), "fovea-console-"));
  const config = path.join(folder, "server.yaml");
  const limits = "limits: { requests_per_minute: 6000 }";
  await writeFile(config, `port: 0\nstate_folder: .\nlog: error\ndrain_ms: 0\n${settings || limits}\n`);
  const server = spawn(process.execPath, [main, "serve", "--config", config], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  let said = "";
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (text: string): void => {
      said += text;
      const [found] = /http:\/\/[\d.:]+\d/.exec(said) ?? [];
      if (found) resolve(found);
    };
    server.stdout.setEncoding("utf8").on("data", hear);
    server.stderr.setEncoding("utf8").on("data", hear);
    server.once("exit", () => reject(new Error(`the server has ended: ${said}`)));
  });
  while (!(await fetch(`${url}/health/ready`)).ok) await setTimeout(50);
  return {
    url,
    async stop() {
      server.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** A page has its heading within so long, on a machine that does other things too. */
const OPEN_MS = 10_000;

/** A browser that watches what its pages do. */
export interface TestBrowser {
  readonly context: BrowserContext;
  /** A page at a part of the console ("#/train"), opened and drawn. */
  open(fragment?: string): Promise<Page>;
  /** Errors on the console, thrown errors and requests to other hosts since the start; `expected` ones are let go. */
  faults(expected?: readonly RegExp[]): readonly string[];
  close(): Promise<void>;
}

export interface BrowserOptions extends BrowserContextOptions {
  /** More of Chromium's flags: a fake camera. */
  readonly args?: readonly string[];
}

/** Opens Chromium without a window. It looks nothing up on its own, so that every request is one of the page. */
export async function openBrowser(url: string, { args = [], ...options }: BrowserOptions = {}): Promise<TestBrowser> {
  const browser = await chromium.launch({
    executablePath: findChromium()!,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...args,
    ],
  });
  const context = await browser.newContext({ locale: "en-GB", colorScheme: "light", ...options });
  const faults: string[] = [];
  context.on("request", (request) => {
    const address = request.url();
    if (!address.startsWith(`${url}/`) && !/^(blob|data|about):/.test(address))
      faults.push(`foreign request: ${address}`);
  });
  context.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => faults.push(`thrown: ${error.error().stack ?? error.error().message}`));
  return {
    context,
    async open(fragment = "") {
      const page = await context.newPage();
      await page.goto(`${url}/${fragment}`);
      await page
        .locator("h1")
        .first()
        .waitFor({ timeout: OPEN_MS })
        .catch((cause: Error) => {
          throw new Error(`no heading at ${fragment}: ${faults.join("; ") || "nothing went wrong"}`, { cause });
        });
      return page;
    },
    faults: (expected = []) => faults.filter((fault) => !expected.some((pattern) => pattern.test(fault))),
    close: () => browser.close(),
  };
}

const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
/** Rules of WCAG 2.2 at levels A and AA, and what axe holds for good practice. */
const axeTags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** Fails where axe finds something serious or critical on the page as it stands. */
export async function assertAccessible(page: Page, where = page.url()): Promise<void> {
  // evaluated by the debugger, which the page's policy does not bind
  await page.evaluate(await readFile(axePath, "utf8"));
  const { violations } = await page.evaluate<AxeResults, string[]>(
    (tags) =>
      (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
        runOnly: { type: "tag", values: tags },
        resultTypes: ["violations"],
      }),
    axeTags,
  );
  const found = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, help, nodes }) =>
        `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html}\n  ${failureSummary ?? ""}`).join("\n")}`,
    );
  assert.deepEqual(found, [], `axe on ${where}`);
}
