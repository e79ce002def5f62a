import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import { type BrowserContext, chromium, type Page } from "playwright-core";

/** Path of Chromium: FOVEA_CHROMIUM, or `chromium` on the PATH; undefined where there is none. */
export function findChromium(): string | undefined {
  const told = process.env.FOVEA_CHROMIUM;
  if (told !== undefined) return existsSync(told) ? told : undefined;
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, "chromium")).find((path) => existsSync(path));
}

/** How the package is bundled for a page, as docs/browser.md says. */
export const bundling = {
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2023",
  splitting: true,
  // the wasm loader then comes from the folder that setSessionLocation names, as threads need
  conditions: ["onnxruntime-web-use-extern-wasm"],
  logLevel: "warning",
} as const satisfies BuildOptions;

const require = createRequire(import.meta.url);
const runtime = fileURLToPath(new URL(".", import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm")));
/** The session's worker of the graph package, which the bundle looks for beside itself. */
const worker = fileURLToPath(new URL("./session/browser-worker.js", import.meta.resolve("@foveajs/graph")));
const codecs = [
  "@jsquash/png/codec/pkg/squoosh_png_bg.wasm",
  "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm",
  "@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm",
  "@jsquash/webp/codec/dec/webp_dec.wasm",
  "@jsquash/avif/codec/dec/avif_dec.wasm",
].map((file) => require.resolve(file));

/** A running Chromium, and files served to its pages. */
export interface Pages {
  /** A new page with the program, cross-origin isolated; pages share what the browser keeps for the site. */
  open(): Promise<Page>;
  close(): Promise<void>;
}

/**
 * Bundles `program` (the source of a module, in which "./browser.js" is the package) and serves it with the worker, onnxruntime's files
 * under ort/, codecs under codecs/, and `files` by their names under files/.
 */
export async function openPages(
  executablePath: string,
  program: string,
  files: Readonly<Record<string, string>>,
): Promise<Pages> {
  const folder = mkdtempSync(join(tmpdir(), "fovea-page-"));
  await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL(".", import.meta.url)), sourcefile: "program.js" },
    outdir: folder,
    ...bundling,
  });
  await build({ entryPoints: [worker], outdir: folder, ...bundling });
  const server = await serve(folder, files);
  const context = await launch(executablePath, join(folder, "profile"));
  return {
    async open() {
      const page = await context.newPage();
      page.on("console", (message) => {
        if (message.type() === "error") process.stderr.write(`page: ${message.text()}\n`);
      });
      await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/page.html`);
      await page.waitForFunction(() => "ready" in globalThis, undefined, { timeout: 20_000 });
      return page;
    },
    async close() {
      await context.close();
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

const launch = (executablePath: string, profile: string): Promise<BrowserContext> =>
  chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    chromiumSandbox: process.getuid?.() !== 0, // Chromium has no sandbox for root
    args: ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"],
  });

const types: Readonly<Record<string, string>> = {
  html: "text/html",
  js: "text/javascript",
  mjs: "text/javascript",
  wasm: "application/wasm",
};

const pageText = `<!doctype html><title>test</title><link rel="icon" href="data:," /><script type="module" src="stdin.js"></script>`;

async function serve(folder: string, files: Readonly<Record<string, string>>): Promise<Server> {
  const fileOf = (path: string): string | undefined => {
    const [, place, ...rest] = path.split("/");
    if (rest.length === 0) return join(folder, place!);
    if (place === "ort") return join(runtime, rest[0]!);
    if (place === "codecs") return codecs.find((file) => basename(file) === rest[0]);
    return place === "files" ? files[decodeURIComponent(rest.join("/"))] : undefined;
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const isPage = pathname === "/page.html";
    const file = fileOf(pathname);
    if (!isPage && (file === undefined || !existsSync(file))) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "Content-Type": types[pathname.split(".").at(-1)!] ?? "application/octet-stream",
      "Cache-Control": "max-age=600", // each session's worker loads the runtime anew
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    });
    response.end(isPage ? pageText : readFileSync(file!));
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return server;
}
