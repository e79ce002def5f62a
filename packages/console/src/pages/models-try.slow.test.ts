import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { replaceMetadata } from "@foveajs/graph";
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
import {
  assertAccessible,
  type ConsoleServer,
  example,
  openBrowser,
  startServer,
  type TestBrowser,
} from "../browser.test.support.ts";
import { bytesOf, openModel, skip, tryExample, wait } from "./models-page.test.support.ts";

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

for (const name of ["face-reader", "expression"]) {
  test(`${name}: tried on the example it tells what it tells in Node`, { skip }, async () => {
    const page = await openModel(browser, name);
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
  const page = await openModel(browser, "face-detector");
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
  const page = await openModel(browser, "face-detector");
  await page
    .getByTestId("files")
    .setInputFiles({ name: "notes.jpg", mimeType: "image/jpeg", buffer: Buffer.from("not a picture") });
  const alert = page.getByRole("alert");
  await alert.waitFor(wait);
  assert.match((await alert.textContent())!, /notes\.jpg.*vision\/image-unknown-format/s);
  await tryExample(page);
  assert.equal(await alert.count(), 0);
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
    const page = await openModel(visitor, "face-reader");
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

test("no page threw, complained or asked another host", { skip }, () => {
  assert.deepEqual(browser.faults([/404.*models\/none/]), []);
});
