import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { readOnnx } from "@foveajs/graph";
import { type ModelCard, readModelCard } from "@foveajs/vision";
import {
  assertAccessible,
  type ConsoleServer,
  openBrowser,
  startServer,
  type TestBrowser,
} from "../browser.test.support.ts";
import { bytesOf, names, openModel, skip, tryExample, wait } from "./models-page.test.support.ts";

let server: ConsoleServer;
let browser: TestBrowser;

before(async () => {
  if (skip) return;
  server = await startServer();
  browser = await openBrowser(server.url);
});

after(async () => {
  if (skip) return;
  await browser.close();
  await server.stop();
});

/** Of what training measured, calibrated figures in place of plain ones: "data value" of each. */
function expectedMeasures({ results }: ModelCard): readonly string[] {
  const calibrated = new Map(results.map(({ data, metric, value }) => [`${data} ${metric}`, value]));
  return results
    .filter(({ metric }) => !metric.includes("/calibrated_"))
    .map(({ data, metric, value }) => {
      const used = calibrated.get(`${data} ${metric.replace("/", "/calibrated_")}`) ?? value;
      return `${metric.split("/").at(-1)} ${used}`;
    })
    .toSorted();
}

test("the list has every model with figures of its card", { skip }, async () => {
  const page = await browser.open("#/models");
  await page
    .locator("h2")
    .nth(names.length - 1)
    .waitFor(wait);
  assert.deepEqual(await page.locator("h2").allTextContents(), names);
  for (const [index, name] of names.entries()) {
    const row = page.locator("article").nth(index);
    const { summary, results } = readModelCard(bytesOf(name), name);
    assert.ok((await row.textContent())!.includes(summary), name);
    const values = await row
      .locator("dd")
      .evaluateAll((cells) => cells.map((cell) => Number((cell as HTMLElement).dataset.value)));
    assert.ok(values.length > 0 && values.every((value) => results.some((result) => result.value === value)), name);
    assert.match((await row.textContent())!, new RegExp(`${(bytesOf(name).length / 1e6).toFixed(1)} MB`));
  }
  await assertAccessible(page);
});

for (const name of names) {
  test(`${name}: the card tells what the file says`, { skip }, async () => {
    const page = await openModel(browser, name);
    const bytes = bytesOf(name);
    const card = readModelCard(bytes, name);
    const text = (await page.locator("main").textContent())!;
    for (const part of [
      card.summary,
      card.limits,
      card.licence,
      createHash("sha256").update(bytes).digest("hex"),
      ...card.sources.flatMap((source) => [source.name, source.licence, source.source]),
    ]) {
      assert.ok(text.includes(part), part);
    }
    const more = page.getByRole("button", { name: /^All \d+ measures$/ });
    while ((await more.count()) > 0) await more.first().click();
    const told = await page
      .locator("[data-metric]")
      .evaluateAll((cells) =>
        cells.map((cell) => `${(cell as HTMLElement).dataset.metric} ${(cell as HTMLElement).dataset.value}`),
      );
    assert.deepEqual(told.toSorted(), expectedMeasures(card));
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: /Download/ }).click();
    assert.deepEqual(new Uint8Array(readFileSync(await (await download).path())), new Uint8Array(bytes));
  });

  test(`${name}: the drawing has every operator, and the table counts them`, { skip }, async () => {
    const page = await openModel(browser, name);
    const { nodes } = readOnnx(bytesOf(name));
    const folded = await page.locator("g[data-stage]").count();
    await page.getByRole("button", { name: "Open all stages" }).click();
    assert.equal(await page.locator("g[data-stage][aria-expanded=true]").count(), folded);
    const drawn = await page
      .locator("g[data-nodes]")
      .evaluateAll((boxes) => boxes.flatMap((box) => (box as SVGElement).dataset.nodes!.split(" ").filter(Boolean)));
    const constants = /not drawn: (.*)\.$/m.exec((await page.locator("main").textContent())!)?.[1]?.split(", ") ?? [];
    assert.deepEqual([...drawn, ...constants].toSorted(), nodes.map((node) => node.name).toSorted());
    await page.getByRole("tab", { name: "Table" }).click();
    const table = page.getByRole("table", { name: `Operators of ${name}` });
    const rows = await table
      .locator("tbody tr")
      .evaluateAll((all) => all.map((row) => [...row.children].slice(0, 2).map((cell) => cell.textContent!.trim())));
    const counts = new Map<string, number>();
    for (const { op } of nodes) counts.set(op, (counts.get(op) ?? 0) + 1);
    assert.deepEqual(new Map(rows.map(([op, count]) => [op!, Number(count)])), counts);
    await assertAccessible(page);
  });
}

test("by keyboard alone: a model is opened, a stage unfolded and folded", { skip }, async () => {
  const page = await browser.open("#/models");
  const link = page.getByRole("link", { name: "expression" });
  await link.waitFor(wait);
  await link.focus();
  await page.keyboard.press("Enter");
  const stage = page.locator("g[data-stage]").first();
  await stage.waitFor(wait);
  await page.getByRole("button", { name: "Fit" }).focus();
  await page.keyboard.press("Tab"); // the drawing, which scrolls
  await page.keyboard.press("Tab");
  assert.equal(await stage.evaluate((box) => box === document.activeElement), true);
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("g[data-stage][aria-expanded=true]").count(), 1);
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-expanded")), "true");
  await page.keyboard.press("Space");
  assert.equal(await page.locator("g[data-stage][aria-expanded=true]").count(), 0);
});

test("in Chinese, in the dark, on a phone: all is there, nothing is cut off, axe is content", { skip }, async () => {
  const phone = await openBrowser(server.url, {
    locale: "zh-CN",
    colorScheme: "dark",
    viewport: { width: 390, height: 844 },
  });
  try {
    const page = await openModel(phone, "face-reader");
    await tryExample(page);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
    assert.match(
      (await page.locator("main").textContent())!,
      /试一试.*能读出什么.*水平如何.*局限.*数据与条款.*层与算子.*文件/s,
    );
    await assertAccessible(page);
    assert.deepEqual(phone.faults(), []);
  } finally {
    await phone.close();
  }
});

test("a server that has gone is told, and asked again when it is back", { skip }, async () => {
  const other = await startServer();
  const visitor = await openBrowser(other.url);
  try {
    const page = await visitor.open("#/models");
    await page.getByRole("link", { name: "expression" }).waitFor(wait);
    await visitor.context.setOffline(true);
    await page.getByRole("link", { name: "expression" }).click();
    await page.getByRole("alert").waitFor(wait);
    assert.match((await page.getByRole("alert").textContent())!, /does not answer.*npm start|could not be fetched/s);
    await visitor.context.setOffline(false);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator("h2").nth(3).waitFor(wait);
    assert.deepEqual(visitor.faults([/ERR_INTERNET_DISCONNECTED/]), []);
  } finally {
    await visitor.close();
    await other.stop();
  }
});

test("a model that there is not is told, with the way back", { skip }, async () => {
  const page = await browser.open("#/models/none");
  await page.getByRole("alert").waitFor(wait);
  assert.match((await page.getByRole("alert").textContent())!, /no model of this name|could not be fetched/);
  assert.equal(await page.getByRole("link", { name: "All models" }).getAttribute("href"), "#/models");
});

test("no page threw, complained or asked another host", { skip }, () => {
  assert.deepEqual(browser.faults([/404.*models\/none/]), []);
});
