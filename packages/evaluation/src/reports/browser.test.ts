// What a person does with a report, in a real browser without network. Expected numbers by hand from
// sample-report.test.support.ts; contrast by WCAG 2.2, at least 4.5 for text.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { findChromium, openChromium } from "./browser.test.support.ts";
import { makeReport } from "./page/page.ts";
import { sampleReport, sampleThumbnail } from "./sample-report.test.support.ts";

const path = findChromium();
const needsBrowser = { skip: path === undefined && "no browser here: install chromium or set FOVEA_CHROMIUM" };

let folder = "";
let url = "";
let browser: Browser | undefined;
before(async () => {
  if (path === undefined) return;
  folder = await mkdtemp(join(tmpdir(), "fovea-report-"));
  const file = join(folder, "report.html");
  await writeFile(file, await makeReport(sampleReport, { thumbnail: sampleThumbnail }));
  url = pathToFileURL(file).href;
  browser = await openChromium(path);
});
after(async () => {
  await browser?.close();
  if (folder !== "") await rm(folder, { recursive: true });
});

/** Opens the report, runs `use`, and fails on any message of the console, error or request but for the file itself. */
async function withReport(options: BrowserContextOptions, use: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser!.newContext({ offline: true, ...options });
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (request.url() !== url && !request.url().startsWith("data:")) complaints.push(`request of ${request.url()}`);
    });
    await page.goto(url);
    await use(page);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

const plain = (text: string | null) => (text ?? "").replaceAll("\u00a0", " ");

test("a cell of the matrix opens its pictures by keyboard alone, and closing it leads back", needsBrowser, () =>
  withReport({}, async (page) => {
    // one stop of the tab key for the whole matrix
    const focused = () => page.evaluate("document.activeElement.getAttribute('aria-label')") as Promise<string | null>;
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press("Tab");
      if ((await focused())?.includes("show pictures")) break;
    }
    assert.match(plain(await focused()), /^7, true cat, answer cat/);
    await page.keyboard.press("ArrowRight");
    assert.match(plain(await focused()), /^2, true cat, answer dog/);
    const pictures = page.locator("[popover]:popover-open");
    assert.equal(await pictures.count(), 0);
    await page.keyboard.press("Enter");
    assert.equal(await pictures.count(), 1);
    assert.equal(await pictures.locator("h4").textContent(), "true cat, answer dog");
    assert.equal(await pictures.locator("svg.picture image").count(), 1);
    assert.equal(await pictures.getByText("picture not at hand").count(), 1);
    assert.equal(await page.evaluate("document.activeElement.textContent"), "Close");
    await page.keyboard.press("Escape");
    assert.equal(await pictures.count(), 0);
    assert.match(plain(await focused()), /^2, true cat, answer dog/);
    // downwards there is a number; to the right of it one without pictures, where nothing moves
    await page.keyboard.press("ArrowDown");
    assert.match(plain(await focused()), /^2, true dog, answer dog/);
    await page.keyboard.press("ArrowRight");
    assert.match(plain(await focused()), /^2, true dog, answer dog/);
  }),
);

test("the slider changes the numbers, the mark in the chart and what a screen reader says", needsBrowser, () =>
  withReport({}, async (page) => {
    const slider = page.locator("input[type=range]");
    const reading = async (name: string) =>
      plain(await page.locator(`dt:text-is("${name}") + dd:visible`).first().textContent());
    assert.equal(await reading("precision"), "66.7 %");
    const markAt = () => page.locator("[data-chart]:not([hidden]) .cursor").getAttribute("transform");
    const before = await markAt();
    await slider.focus();
    await page.keyboard.press("Home");
    assert.deepEqual(
      [await reading("precision"), await reading("recall"), await reading("false positives")],
      ["75.0 %", "75.0 %", "1"],
    );
    assert.notEqual(await markAt(), before);
    await slider.fill("60"); // the threshold 0.6 of both hits at and above it
    assert.equal(await page.locator("[data-part=threshold]").textContent(), "0.6");
    assert.deepEqual([await reading("precision"), await reading("right answers")], ["100.0 %", "2 of 4"]);
    assert.match(plain(await slider.getAttribute("aria-valuetext")), /^0.6: precision 100.0 %, recall 50.0 %/);
    await page.locator("select").selectOption({ label: "dogs" });
    assert.equal(await page.locator("[data-part=threshold]").textContent(), "0.3");
    assert.deepEqual([await reading("precision"), await reading("false positive rate")], ["50.0 %", "50.0 %"]);
    assert.equal(await page.locator("[data-chart]:visible").count(), 1);
  }),
);

/** The least contrast of visible text with what is behind it, and the text. */
const leastContrast = `(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const parse = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  let least = [Infinity, ""];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (text === "" || text === "·" || !element.checkVisibility() || element.closest("script, style, title")) continue;
    const ink = element.closest("svg") ? getComputedStyle(element).fill : getComputedStyle(element).color;
    const [a, b] = [luminance(parse(ink)), luminance(behind(element))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < least[0]) least = [contrast, text];
  }
  return least;
})()`;

for (const colorScheme of ["light", "dark"] as const) {
  test(`text can be read in the ${colorScheme} scheme, and nothing is wider than a telephone`, needsBrowser, () =>
    withReport({ colorScheme, viewport: { width: 360, height: 800 } }, async (page) => {
      const [contrast, text] = (await page.evaluate(leastContrast)) as [number, string];
      assert.ok(contrast >= 4.5, `contrast ${contrast} of "${text}"`);
      const background = (await page.evaluate("getComputedStyle(document.body).backgroundColor")) as string;
      const [red] = background.match(/\d+/g)!.map(Number);
      assert.ok(colorScheme === "light" ? red! > 200 : red! < 50, background);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 360);
    }),
  );
}

test("on paper it is light, without controls and pictures that must be opened", needsBrowser, () =>
  withReport({ colorScheme: "dark" }, async (page) => {
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    assert.equal(await page.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)");
    assert.equal(await page.locator("input[type=range]:visible, [popover]:visible, nav ul:visible").count(), 0);
    assert.equal(await page.locator(".matrix:visible").count(), 1);
  }),
);

test("without scripts it shows the same, and cells still open", needsBrowser, () =>
  withReport({ javaScriptEnabled: false }, async (page) => {
    assert.equal(plain(await page.locator('dt:text-is("precision") + dd').first().textContent()), "66.7 %");
    await page.locator(".matrix button").first().click();
    assert.equal(await page.locator("[popover]:popover-open").count(), 1);
  }),
);
