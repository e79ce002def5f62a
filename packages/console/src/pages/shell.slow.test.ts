// The shell in a real browser: every page in both languages, themes and widths.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { assertAccessible, type ConsoleServer, cannotRun, openBrowser, startServer } from "../browser.test.support.ts";

const skip = cannotRun();
const pages = ["analyze", "train", "models", "api"];
const names = { en: ["Analyze", "Train", "Models", "API"], zh: ["分析", "训练", "模型", "接口"] };
const wide = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };
/** The narrowest that the console is made for. */
const narrow = { width: 360, height: 640 };

let server: ConsoleServer;
before(async () => {
  if (!skip) server = await startServer();
});
after(() => server?.stop());

/** What is wider than the window, by its name; a page never scrolls sideways. */
const overflow = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    document.documentElement.scrollWidth <= innerWidth
      ? []
      : [...document.querySelectorAll("body *")]
          .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
          .map((element) => `${element.tagName.toLowerCase()}.${element.className}`),
  );

const variants = (["en", "zh"] as const).flatMap((language) =>
  (["light", "dark"] as const).flatMap((colorScheme) =>
    [wide, phone].map((viewport) => ({ language, colorScheme, viewport })),
  ),
);

for (const { language, colorScheme, viewport } of variants) {
  test(`all pages open in ${language}, ${colorScheme}, ${viewport.width} px, accessible and without a foreign request`, {
    skip,
  }, async (context) => {
    const locale = language === "zh" ? "zh-CN" : "en-GB";
    const browser = await openBrowser(server.url, { locale, colorScheme, viewport });
    context.after(() => browser.close());
    for (const [index, name] of pages.entries()) {
      const page = await browser.open(`#/${name}`);
      assert.equal(await page.title(), `${names[language][index]} · Fovea`);
      assert.equal(await page.getAttribute("html", "lang"), locale.replace("en-GB", "en"));
      assert.equal(await page.locator("h1").count(), 1);
      const current = page.locator("nav:visible [aria-current=page]");
      assert.deepEqual(await current.allTextContents(), [names[language][index]]);
      assert.deepEqual(await overflow(page), [], `${name} scrolls sideways`);
      await assertAccessible(page, `${name}, ${language}, ${colorScheme}, ${viewport.width} px`);
      await page.close();
    }
    assert.deepEqual(browser.faults(), []);
  });
}

test("nothing scrolls sideways at 360 px", { skip }, async (context) => {
  const browser = await openBrowser(server.url, { viewport: narrow });
  context.after(() => browser.close());
  for (const name of pages) {
    const page = await browser.open(`#/${name}`);
    assert.deepEqual(await overflow(page), [], name);
    await page.close();
  }
});

test("keys reach everything: skip link, pages, focus on the heading, theme", { skip }, async (context) => {
  const browser = await openBrowser(server.url, { viewport: wide });
  context.after(() => browser.close());
  const page = await browser.open();
  const focused = () => page.evaluate(() => (document.activeElement?.textContent ?? "").trim());
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "main");
  await page.reload();
  await page.locator("h1").waitFor();
  for (const expected of ["Skip to content", "Fovea", "Analyze", "Train"]) {
    await page.keyboard.press("Tab");
    assert.equal(await focused(), expected);
  }
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outline);
  assert.match(outline, /solid 2px$/, "the focus is seen");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  assert.equal(await page.title(), "Train · Fovea");
  await page.goBack();
  await page.waitForFunction(() => document.title === "Analyze · Fovea" && document.activeElement?.tagName === "H1");
  await page.locator("input[name=theme][value=auto]").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  assert.equal(await theme(), "dark");
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await ground();
  await page.reload();
  assert.equal(await theme(), "dark", "the theme is remembered");
  assert.equal(await ground(), dark);
});

test("the language is switched without a reload and remembered", { skip }, async (context) => {
  const browser = await openBrowser(server.url, { viewport: phone });
  context.after(() => browser.close());
  const page = await browser.open("#/models");
  await page.getByRole("button", { name: "中文" }).click();
  assert.equal(await page.title(), "模型 · Fovea");
  await page.reload();
  await page.locator("h1").waitFor();
  assert.equal(await page.getAttribute("html", "lang"), "zh-CN");
  await page.getByRole("button", { name: "English" }).click();
  assert.equal(await page.title(), "Models · Fovea");
});

test("first paint comes within a second of localhost, wasm may have threads", { skip }, async (context) => {
  const browser = await openBrowser(server.url, { viewport: wide });
  context.after(() => browser.close());
  const page = await browser.open();
  await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
  const [painted] = await page.evaluate(() =>
    performance.getEntriesByName("first-contentful-paint").map(({ startTime }) => startTime),
  );
  assert.ok(painted! < 1000, `first contentful paint after ${painted} ms`);
  assert.equal(await page.evaluate(() => crossOriginIsolated), true);
});

test("what the pages fetch is served: runtime, codecs, models, the example", { skip }, async () => {
  const files = {
    "ort/ort-wasm-simd-threaded.wasm": "application/wasm",
    "ort/ort-wasm-simd-threaded.mjs": "text/javascript; charset=utf-8",
    "codecs/mozjpeg_dec.wasm": "application/wasm",
    "models/face-detector.onnx": "application/octet-stream",
    "models/face-reader.onnx": "application/octet-stream",
    "examples/astronaut.jpg": "image/jpeg",
  };
  for (const [file, type] of Object.entries(files)) {
    const response = await fetch(`${server.url}/${file}`, { method: "HEAD" });
    assert.equal(response.status, 200, file);
    assert.equal(response.headers.get("content-type"), type);
  }
  const page = await fetch(server.url);
  const [script] = /assets\/index-[\w-]+\.js/.exec(await page.text()) ?? [];
  const answer = await fetch(`${server.url}/${script}`, { headers: { "accept-encoding": "br" } });
  assert.equal(answer.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.equal(answer.headers.get("content-encoding"), "br");
  assert.match(
    page.headers.get("content-security-policy") ?? "",
    /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/,
  );
});
