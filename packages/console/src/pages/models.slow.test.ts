import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { readOnnx, replaceMetadata } from "@foveajs/graph";
import {
  CARD_KEY,
  createFacePipeline,
  decode,
  type Face,
  loadModel,
  type ModelCard,
  probabilitiesOf,
  readModelCard,
} from "@foveajs/vision";
import type { Page } from "playwright-core";
import {
  assertAccessible,
  type ConsoleServer,
  cannotRun,
  example,
  openBrowser,
  startServer,
  type TestBrowser,
} from "../browser.test.support.ts";

const models = fileURLToPath(new URL("../../../../models", import.meta.url));
const names = ["expression", "face-detector", "face-reader"];
const fileOf = (name: string): string => path.join(models, `${name}.onnx`);
const bytesOf = (name: string): Uint8Array => readFileSync(fileOf(name));
const skip = cannotRun() || (!names.every((name) => existsSync(fileOf(name))) && "models/ does not hold all models");
const wait = { timeout: 60_000 };
/** Float32 in the page and in Node differ by the order of sums. */
const TOLERANCE = 1e-3;

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

/** A page at a model, its card drawn. */
async function openModel(name: string, of = browser): Promise<Page> {
  const page = await of.open(`#/models/${name}`);
  await page.locator("h2").nth(3).waitFor(wait);
  return page;
}

async function tryExample(page: Page): Promise<void> {
  await page.getByRole("button", { name: /example/ }).click();
  await page.locator("canvas").waitFor(wait);
}

const facesInNode = async (reader?: string): Promise<readonly Face[]> => {
  const pipeline = await createFacePipeline({
    detector: { name: "face-detector", bytes: bytesOf("face-detector") },
    ...(reader ? { reader: { name: reader, bytes: bytesOf(reader) } } : {}),
  });
  try {
    return await pipeline.analyze(await decode(readFileSync(example("astronaut.jpg"))));
  } finally {
    await pipeline.dispose();
  }
};

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
    const page = await openModel(name);
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
    const page = await openModel(name);
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

for (const name of ["face-reader", "expression"]) {
  test(`${name}: tried on the example it tells what it tells in Node`, { skip }, async () => {
    const page = await openModel(name);
    await tryExample(page);
    const [face] = await facesInNode(name);
    const { readings, values, eyes } = face!;
    const expected: Record<string, number> = {
      ...Object.fromEntries(Object.entries(values).map(([key, value]) => [`affect  ${key}`, value])),
    };
    for (const [task, { scores }] of Object.entries(readings))
      for (const [label, share] of Object.entries(scores)) expected[`${task}  ${label}`] = share;
    for (const [task, sides] of Object.entries(eyes))
      for (const side of ["left", "right"] as const)
        for (const [label, share] of Object.entries(sides[side].scores)) expected[`${task} ${side} ${label}`] = share;
    const told = Object.fromEntries(
      await page.locator("[data-task] [data-label]").evaluateAll((bars) =>
        bars.map((bar) => {
          const { task, side = "" } = (bar.closest("[data-task]") as HTMLElement).dataset;
          const { label, value } = (bar as HTMLElement).dataset;
          return [`${task} ${side} ${label}`, Number(value)];
        }),
      ),
    );
    assert.deepEqual(Object.keys(told).toSorted(), Object.keys(expected).toSorted());
    for (const [key, value] of Object.entries(expected)) {
      assert.ok(Math.abs(told[key]! - value) < TOLERANCE, `${key}: ${told[key]} for ${value}`);
    }
    await assertAccessible(page);
  });
}

test("the detector finds in the page what it finds in Node", { skip }, async () => {
  const page = await openModel("face-detector");
  await tryExample(page);
  const expected = await facesInNode();
  const scores = await page
    .locator("[data-score]")
    .evaluateAll((all) => all.map((one) => Number((one as HTMLElement).dataset.score)));
  assert.equal(scores.length, expected.length);
  for (const [index, { score }] of expected.entries()) assert.ok(Math.abs(scores[index]! - score) < TOLERANCE);
  const { box } = expected[0]!;
  const drawn = await page
    .locator("svg rect")
    .first()
    .evaluate((rect) => ["x", "y", "width", "height"].map((side) => Number(rect.getAttribute(side))));
  for (const [index, side] of [box.x, box.y, box.width, box.height].entries())
    assert.ok(Math.abs(drawn[index]! - side) < 1);
});

test("a file that is no picture is told as such, and the next picture works", { skip }, async () => {
  const page = await openModel("face-detector");
  await page
    .getByTestId("files")
    .setInputFiles({ name: "notes.jpg", mimeType: "image/jpeg", buffer: Buffer.from("not a picture") });
  const alert = page.getByRole("alert");
  await alert.waitFor(wait);
  assert.match((await alert.textContent())!, /notes\.jpg.*vision\/image-unknown-format/s);
  await tryExample(page);
  assert.equal(await alert.count(), 0);
});

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
    const page = await openModel("face-reader", phone);
    await page.getByRole("button", { name: "用示例图片" }).click();
    await page.locator("canvas").waitFor(wait);
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

test("a model of one's own: whole pictures, official figures with intervals, a broken file beside it", {
  skip,
}, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "fovea-models-"));
  const { alignment: _, ...card } = readModelCard(bytesOf("expression"), "expression");
  const own: ModelCard = {
    ...card,
    name: "mine",
    results: [
      { data: "ferplus, test (3153), direct", metric: "accuracy", value: 0.8612, interval: [0.8487, 0.8731] },
      { data: "ferplus, test (3153), direct", metric: "nll", value: 0.4042, interval: [0.3741, 0.4333] },
    ],
  };
  const bytes = replaceMetadata(bytesOf("expression"), { [CARD_KEY]: JSON.stringify(own) });
  writeFileSync(path.join(folder, "mine.onnx"), bytes);
  writeFileSync(path.join(folder, "broken.onnx"), "not a model");
  const other = await startServer({ settings: `models: ${folder}\nlimits: { requests_per_minute: 6000 }` });
  const visitor = await openBrowser(other.url);
  try {
    const page = await visitor.open("#/models");
    const row = page.locator("article", { has: page.getByRole("link", { name: "mine" }) });
    await row.waitFor(wait);
    assert.match((await row.textContent())!, /ferplus.*accuracy.*86\.1%.*By official protocols/s);
    const broken = page.locator("article", { has: page.getByRole("link", { name: "broken" }) });
    assert.match((await broken.getByRole("alert").textContent())!, /broken.*graph\//s);
    await assertAccessible(page);

    await page.getByRole("link", { name: "mine" }).click();
    const table = page.getByRole("table", { name: /^ferplus, test, 3153 samples/ });
    await table.waitFor(wait);
    assert.match((await table.textContent())!, /accuracy.*86\.1%.*84\.9% – 87\.3%.*log loss.*0\.404.*0\.374 – 0\.433/s);
    await tryExample(page);
    const model = await loadModel(bytes, { name: "mine" });
    const { outputs } = await model.run([await decode(readFileSync(example("astronaut.jpg")))]);
    const [task] = own.tasks;
    assert.ok(task?.kind === "classification");
    const expected = probabilitiesOf(outputs[task.name]!.data as Float32Array, task);
    await model.dispose();
    const told = await page
      .locator("[data-task=expression] [data-label]")
      .evaluateAll((bars) => bars.map((bar) => Number((bar as HTMLElement).dataset.value)));
    assert.equal(told.length, expected.length);
    for (const [index, share] of told.entries()) assert.ok(Math.abs(share - expected[index]!) < TOLERANCE, `${share}`);
    await assertAccessible(page);
    assert.deepEqual(visitor.faults(), []);
  } finally {
    await visitor.close();
    await other.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a server for workplaces tells no emotions here either", { skip }, async () => {
  const strict = await startServer({ settings: "purpose: workplace\nlimits: { requests_per_minute: 6000 }" });
  const visitor = await openBrowser(strict.url);
  try {
    const page = await openModel("face-reader", visitor);
    await tryExample(page);
    const told = await page
      .locator("[data-task]")
      .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.task));
    assert.ok(told.includes("smile") && !told.includes("expression") && !told.includes("affect"), told.join());
    assert.match(
      (await page.locator("main").textContent())!,
      /By its purpose this server does not tell: Displayed expression, Valence and arousal/,
    );
  } finally {
    await visitor.close();
    await strict.stop();
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
