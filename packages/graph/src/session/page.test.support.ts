import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import { type BrowserContext, chromium } from "playwright-core";

/** Path of Chromium: FOVEA_CHROMIUM, or `chromium` on the PATH; undefined where there is none. */
export function findChromium(): string | undefined {
  const told = process.env.FOVEA_CHROMIUM;
  if (told !== undefined) return existsSync(told) ? told : undefined;
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, "chromium")).find((path) => existsSync(path));
}

/** A running Chromium and the pages of this test. */
export interface Pages {
  /**
   * Calls a function that the bundled program has set on the globalThis of a new page, which is cross-origin isolated where asked.
   * `workersLeft`: web workers that have not ended when the function has.
   */
  call<Result>(
    name: string,
    argument: unknown,
    options: { isolated: boolean },
  ): Promise<{ readonly result: Result; readonly workersLeft: number }>;
  close(): Promise<void>;
}

/**
 * Bundles `program` (the source of a module; `#session` and the like resolve as in a browser) with the session's worker beside it,
 * serves both with onnxruntime's wasm files under ort/, and starts Chromium.
 */
export async function openPages(executablePath: string, program: string): Promise<Pages> {
  const folder = mkdtempSync(join(tmpdir(), "fovea-page-"));
  await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL(".", import.meta.url)), sourcefile: "program.js" },
    outfile: join(folder, "program.js"),
    ...bundling,
  });
  await build({
    entryPoints: [fileURLToPath(new URL("./browser-worker.js", import.meta.url))],
    outfile: join(folder, "browser-worker.js"),
    ...bundling,
  });
  const server = await serve(folder);
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const context = await launch(executablePath, join(folder, "profile"));
  return {
    async call(name, argument, { isolated }) {
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(`${origin}/${isolated ? "isolated" : "plain"}/page.html`);
      try {
        await page.waitForFunction((wanted) => wanted in globalThis, name, { timeout: 10_000 });
        const result: never = await page.evaluate(
          ([wanted, given]) =>
            (globalThis as unknown as Record<string, (argument: unknown) => never>)[wanted as string]!(given),
          [name, argument],
        );
        for (let waited = 0; waited < 20 && page.workers().length > 0; waited++) await page.waitForTimeout(100);
        return { result, workersLeft: page.workers().length };
      } catch (error) {
        throw new Error([(error as Error).message, ...complaints].join("\n"), { cause: error });
      } finally {
        await page.close();
      }
    },
    async close() {
      await context.close();
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

const bundling: BuildOptions = {
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2023",
  // the wasm loader then comes from the folder that `assets` names, as threads need
  conditions: ["onnxruntime-web-use-extern-wasm"],
  logLevel: "warning",
};

/** WebGPU by SwiftShader, Chromium's own software device; nothing that looks for the network. */
const flags = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const launch = (executablePath: string, profile: string): Promise<BrowserContext> =>
  chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    chromiumSandbox: process.getuid?.() !== 0, // Chromium has no sandbox for root
    args: flags,
  });

const types: Readonly<Record<string, string>> = {
  html: "text/html",
  js: "text/javascript",
  mjs: "text/javascript",
  wasm: "application/wasm",
};

const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

const pageText = `<!doctype html><title>test</title><script type="module" src="program.js"></script>`;

/** /plain/... and /isolated/... are the same files, the latter with the headers of a cross-origin isolated page. */
async function serve(folder: string): Promise<Server> {
  const assets = fileURLToPath(new URL(".", import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm")));
  const server = createServer((request, response) => {
    const [, mode, ...rest] = new URL(request.url ?? "/", "http://localhost").pathname.split("/");
    const name = rest.at(-1) ?? "";
    const file = rest.length === 2 && rest[0] === "ort" ? join(assets, name) : join(folder, name);
    const isPage = name === "page.html";
    if (!isPage && (name === "" || !existsSync(file))) {
      response.writeHead(404).end();
      return;
    }
    const headers = {
      "Content-Type": types[name.split(".").at(-1)!] ?? "application/octet-stream",
      "Cache-Control": "max-age=600", // each session's worker loads the runtime anew
    };
    response.writeHead(200, mode === "isolated" ? { ...headers, ...isolation } : headers);
    response.end(isPage ? pageText : readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return server;
}
