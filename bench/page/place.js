import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { findChromium } from "../../packages/graph/dist/session/page.test.support.js";
import { installRivals } from "../rivals/rivals.js";
import { pageEngines } from "./table.js";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/**
 * The engines in headless Chromium, each in a page of its own that is cross-origin isolated (threads need it): `table`, `start` as
 * `compete` takes them, `about` for every line, `close()`. WebGPU is the machine's, else Chromium's in software, and `adapter` says which.
 */
export async function openPlace({ threads }) {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error("no Chromium found; FOVEA_CHROMIUM names one");
  installRivals();
  const folder = mkdtempSync(path.join(tmpdir(), "fovea-bench-page-"));
  const server = await serve(folder);
  const origin = `http://localhost:${server.address().port}`;
  let browser;
  const close = async () => {
    await browser?.close();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await bundle(folder);
    browser = await launch(executablePath, folder, []);
    let adapter = await adapterOf(browser, origin);
    if (adapter === null) {
      await browser.close();
      browser = await launch(executablePath, folder, ["--use-webgpu-adapter=swiftshader"]);
      adapter = await adapterOf(browser, origin);
    }
    const table = pageEngines({ adapter, threads });
    const start = (name, options) => openEngine(browser, origin, name, { ...options, ...table[name] });
    return {
      table,
      start,
      close,
      about: { place: "page", browser: browser.browser()?.version(), adapter: adapter ?? "none" },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One engine on one work in a new page, as a contestant. The page's share of memory and CPU time cannot be told from outside. */
async function openEngine(browser, origin, name, { work, batch, opener, settings }) {
  const page = await openPage(browser, origin);
  const losses = [];
  const dispose = () => page.close();
  const call = async (wanted, argument) => {
    const answer = await page.evaluate(([key, given]) => globalThis[key](given), [wanted, argument]);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  };
  try {
    const { version } = await call("openEngine", { opener, work: work.name, batch, ...settings });
    return {
      name,
      batch,
      version,
      async measure(count) {
        const { wallMs, losses: made } = await call("runSteps", count);
        losses.push(...made);
        return { wallMs, cpuMs: Number.NaN };
      },
      firstLoss: () => losses[0],
      lastLoss: () => losses.at(-1),
      peakMegabytes: async () => Number.NaN,
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function openPage(browser, origin) {
  const page = await browser.newPage();
  await page.goto(`${origin}/page.html`);
  await page.waitForFunction(() => "nameAdapter" in globalThis, undefined, { timeout: 30_000 });
  return page;
}

async function adapterOf(browser, origin) {
  const page = await openPage(browser, origin);
  const adapter = await page.evaluate(() => globalThis.nameAdapter());
  await page.close();
  return adapter;
}

const launch = (executablePath, folder, flags) =>
  chromium.launchPersistentContext(mkdtempSync(path.join(folder, "profile-")), {
    executablePath,
    headless: true,
    chromiumSandbox: process.getuid?.() !== 0, // Chromium has no sandbox for root
    args: ["--enable-unsafe-webgpu", "--enable-unsafe-swiftshader", "--no-first-run", "--disable-sync", ...flags],
  });

/** The program and our session's worker beside it, with what they share in chunks. */
const bundle = (outdir) =>
  build({
    entryPoints: [here("./program.js"), here("../../packages/graph/dist/session/browser-worker.js")],
    entryNames: "[name]",
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2023",
    conditions: ["onnxruntime-web-use-extern-wasm"], // the wasm loader then comes from /ort/, as threads need
    logLevel: "error",
  });

const types = { html: "text/html", js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm" };

/** The bundle, and under /ort/ and /tfjs/ the files of wasm; all with the headers of a page that is cross-origin isolated. */
async function serve(folder) {
  const modules = (name) => here(`../rivals/node_modules/${name}`);
  const folders = {
    ort: fileURLToPath(new URL(".", import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm"))),
    tfjs: modules("@tensorflow/tfjs-backend-wasm/dist"),
  };
  const server = createServer((request, response) => {
    const parts = new URL(request.url ?? "/", "http://localhost").pathname.split("/").slice(1);
    const name = parts.at(-1);
    const file = path.join(parts.length === 2 ? (folders[parts[0]] ?? folder) : folder, name);
    const isPage = name === "page.html";
    if (!isPage && (name === "" || !existsSync(file))) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "Content-Type": types[name.split(".").at(-1)] ?? "application/octet-stream",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
      "Cross-Origin-Resource-Policy": "same-origin",
    });
    response.end(
      isPage
        ? `<!doctype html><title>bench</title><script type="module" src="program.js"></script>`
        : readFileSync(file),
    );
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  return server;
}
