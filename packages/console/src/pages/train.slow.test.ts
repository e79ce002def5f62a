import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createRandom, encodePng } from "@foveajs/vision";
import { transform } from "esbuild";
import type { Page } from "playwright-core";
import {
  assertAccessible,
  type ConsoleServer,
  cannotRun,
  openBrowser,
  startServer,
  type TestBrowser,
} from "../browser.test.support.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const signs = path.join(process.env.FOVEA_SHARED ?? path.join(root, "..", "shared"), "data", "sign_digits", "train");
/** Pictures of a class that are learned from, and that are asked of the model. */
const [LEARNED, ASKED] = [45, 20];
const MOST_SECONDS = 180;

const skip = cannotRun();
let server: ConsoleServer;
let folder: string;
before(async () => {
  if (skip) return;
  server = await startServer();
  // inside of the repository, so that the downloaded script finds the packages
  folder = await mkdtemp(path.join(root, "packages", "console", "dist", "train-"));
});
after(async () => {
  if (skip) return;
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A test on the page in a browser of its own, which keeps nothing of another test. */
const onPage = (name: string, work: (page: Page) => Promise<void>): unknown =>
  test(name, { skip }, async (context) => {
    const browser: TestBrowser = await openBrowser(server.url, {
      permissions: ["camera"],
      args: ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
    });
    context.after(() => browser.close());
    await work(await browser.open("#/train"));
    assert.deepEqual(browser.faults(), []);
  });

/** Copies of three digits, or where they are not there, drawn stripes: classes/NAME/FILE to learn from, asked/NAME/FILE. */
async function writeClasses(): Promise<readonly string[]> {
  const names = ["0", "5", "9"];
  for (const name of names) {
    const [learned, asked] = ["classes", "asked"].map((part) => path.join(folder, part, name));
    for (const made of [learned!, asked!]) await mkdir(made, { recursive: true });
    const own = existsSync(signs) ? (await readdir(path.join(signs, name))).toSorted() : [];
    const places = [...own.slice(0, LEARNED), ...own.slice(-ASKED)];
    for (let index = 0; index < LEARNED + ASKED; index++) {
      const to = index < LEARNED ? learned! : asked!;
      if (places.length > 0) await cp(path.join(signs, name, places[index]!), path.join(to, places[index]!));
      else await writeFile(path.join(to, `${index}.png`), await stripes(name, index));
    }
  }
  const first = (await readdir(path.join(folder, "classes", "0")))[0]!;
  const whole = await readFile(path.join(folder, "classes", "0", first));
  await writeFile(path.join(folder, "classes", "0", "broken.jpg"), whole.subarray(0, whole.length / 3));
  await writeFile(path.join(folder, "classes", "5", "notes.txt"), "not a picture");
  return names;
}

/** Stripes along an axis or both, with noise. */
function stripes(name: string, index: number): Promise<Uint8Array> {
  const random = createRandom("stripes", name, index);
  const phase = random.integer(8);
  const data = Uint8Array.from({ length: 24 * 24 }, (_, at) => {
    const along = { 0: at % 24, 5: Math.floor(at / 24), 9: (at % 24) + Math.floor(at / 24) }[name]!;
    return ((along + phase) % 8 < 4 ? 200 : 50) + random.integer(30);
  });
  return encodePng({ width: 24, height: 24, order: "gray", data });
}

/** The starts that the trainer has written to the log of its run, in the page's database. */
const startsOf = (page: Page) =>
  page.evaluate(async () => {
    const wait = <Result>(request: IDBRequest<Result>) =>
      new Promise<Result>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await wait(indexedDB.open("fovea"));
    const files = database.transaction("files").objectStore("files");
    const log: Uint8Array = await wait(files.get("runs/console/events.jsonl"));
    database.close();
    const events = new TextDecoder().decode(log).trim().split("\n");
    return events
      .map((line) => JSON.parse(line) as { type: string; step: number; steps: number })
      .filter(({ type }) => type === "start");
  });

/** Asks the page's model about a file: probabilities in the order of the classes. */
async function ask(page: Page, file: string): Promise<number[]> {
  const part = page.locator("section", { has: page.getByRole("heading", { name: "Try it" }) });
  await part.getByTestId("files").setInputFiles(file);
  await part.getByText(path.basename(file), { exact: true }).waitFor();
  return part
    .locator("[data-probability]")
    .evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset.probability)));
}

async function download(page: Page, name: string): Promise<string> {
  const [started] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: `Download ${name}` }).click(),
  ]);
  const to = path.join(folder, started.suggestedFilename());
  await started.saveAs(to);
  return to;
}

/** Keeps a time that the page does not offer, as its settings. */
const chooseMinutes = (page: Page, minutes: number) =>
  page.evaluate(async (settings) => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open("fovea-train");
      request.onsuccess = () => resolve(request.result);
    });
    await new Promise<void>((resolve) => {
      const transaction = database.transaction("notes", "readwrite");
      transaction.objectStore("notes").put(settings, "settings");
      transaction.oncomplete = () => resolve();
    });
    database.close();
  }, JSON.stringify({ minutes }));

onPage(
  "three classes are trained in the page over a reload, told apart, and the download says the same in Node",
  async (page) => {
    const names = await writeClasses();
    await page.getByText("no pictures yet").first().waitFor();
    await chooseMinutes(page, 1.5);
    await page.reload();
    await page.getByText("console/too-few-classes").waitFor();
    assert.equal(await page.getByRole("button", { name: "Train", exact: true }).isDisabled(), true);
    await page.getByTestId("folder").first().setInputFiles(path.join(folder, "classes"));
    await page.getByText("1 file could not be read").waitFor({ timeout: 60_000 });
    assert.match(
      (await page.locator("section").first().textContent()) ?? "",
      /broken\.jpg cut short[\s\S]*left out: notes\.txt/,
    );
    const rows = page.locator("ol > li");
    assert.deepEqual(
      await rows.locator("input[type=text]").evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value)),
      names,
    );
    assert.equal(await page.getByText(`${LEARNED} pictures`, { exact: true }).count(), names.length);

    const begun = performance.now();
    await page.getByLabel("Name of the model").fill("Three signs");
    await page.getByRole("button", { name: "Train", exact: true }).click();
    const bar = page.getByRole("progressbar", { name: "Learning" });
    // left in the midst of it, when something was kept
    await page.waitForFunction(
      () => {
        const now = Number(document.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow") ?? 0);
        return now > 25 && document.querySelectorAll("svg circle").length >= 2;
      },
      undefined,
      { timeout: 150_000, polling: 200 },
    );
    await mustBeAccessible(page, "while it learns");
    await page.reload();
    await bar.waitFor({ timeout: 20_000 });
    await page.getByText("Trained in").waitFor({ timeout: 180_000 });
    const seconds = (performance.now() - begun) / 1000;
    const starts = await startsOf(page);
    const { step, steps } = starts.at(-1)!;
    assert.ok(starts.length === 2 && step > 0 && step < steps, JSON.stringify(starts));
    assert.ok(seconds < MOST_SECONDS, `${seconds.toFixed(0)} s`);

    const told = /(\d+) of (\d+) held-out pictures are right/.exec((await page.locator("main").textContent()) ?? "")!;
    const cells = page.locator("table button");
    const counts = (await cells.allInnerTexts()).map(Number);
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      Number(told[2]),
    );
    await cells.first().click();
    assert.equal(await page.locator("h4 + ul img").count(), counts[0]);
    await mustBeAccessible(page, "when it is done");

    const files: string[] = [];
    const said: number[][] = [];
    let right = 0;
    for (const [index, name] of names.entries()) {
      for (const file of await readdir(path.join(folder, "asked", name))) {
        files.push(path.join(folder, "asked", name, file));
        const probabilities = await ask(page, files.at(-1)!);
        assert.ok(Math.abs(probabilities.reduce((sum, value) => sum + value, 0) - 1) < 1e-6);
        said.push(probabilities);
        if (probabilities.indexOf(Math.max(...probabilities)) === index) right++;
      }
    }
    const share = right / files.length;
    process.stdout.write(`trained in ${seconds.toFixed(0)} s; ${told[0]}; ${right} of ${files.length} others right\n`);
    assert.ok(share >= 0.9, `${right} of ${files.length}`);

    await download(page, "three-signs.onnx");
    const script = await download(page, "three-signs.ts");
    const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
    const strict = [
      "--ignoreConfig",
      "--noEmit",
      "--strict",
      "--noUncheckedIndexedAccess",
      "--skipLibCheck",
      "--module",
      "nodenext",
    ];
    const checked = spawnSync(process.execPath, [tsc, ...strict, "--target", "es2023", "--types", "node", script], {
      cwd: root,
      encoding: "utf8",
    });
    assert.equal(checked.status, 0, checked.stdout);
    const plain = script.replace(/ts$/, "mjs");
    await writeFile(plain, (await transform(await readFile(script, "utf8"), { loader: "ts", format: "esm" })).code);
    const { stdout, stderr, status } = spawnSync(process.execPath, [plain, ...files], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, number | string>);
    for (const [index, { file, ...probabilities }] of lines.entries()) {
      assert.equal(file, files[index]);
      for (const [at, name] of names.entries()) {
        const apart = Math.abs(Number(probabilities[name]) - said[index]![at]!);
        assert.ok(apart < 1e-3, `${file}, ${name}: ${apart}`);
      }
    }
    assert.equal(lines.length, files.length);

    await page.reload();
    await page.getByText("Trained in").waitFor({ timeout: 20_000 });
    await page.getByRole("button", { name: "Clear everything" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Clear" }).click();
    await page.getByText("no pictures yet").first().waitFor();
    await page.reload();
    await page.getByText("no pictures yet").first().waitFor();
    assert.equal(await page.getByText("Trained in").count(), 0);
  },
);

onPage(
  "on the server: pictures are sent, the job goes on over a reload, its model is told of held-out pictures",
  async (page) => {
    await page.getByText("no pictures yet").first().waitFor();
    await chooseMinutes(page, 0.4);
    await page.reload();
    await page.getByRole("button", { name: "drawn shapes" }).click();
    await page.getByText("40 pictures", { exact: true }).nth(2).waitFor({ timeout: 30_000 });
    await page.getByRole("radio", { name: "On the server" }).check();
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.getByRole("progressbar", { name: "Sending pictures" }).waitFor();
    const told = page.getByText(/^Learning from \d+ pictures; \d+ are held out/);
    await told.waitFor({ timeout: 90_000 });
    const [, held] = /(\d+) are held out/.exec((await told.textContent()) ?? "")!;
    await page.reload();
    await page.getByText("Trained in").waitFor({ timeout: 120_000 });
    // the server held out as many as the model's list of its pictures leaves
    await page.getByText(new RegExp(`^\\d+ of ${held} held-out pictures are right`)).waitFor();
    const answer = async (path: string) =>
      (await fetch(`${server.url}${path}`)).json() as Promise<Record<string, unknown[]>>;
    assert.deepEqual((await answer("/v1/datasets")).datasets, []);
    assert.equal((await answer("/v1/jobs")).jobs!.length, 1);
    await page.reload();
    await page.getByText("Trained in").waitFor({ timeout: 20_000 });
  },
);

/** Axe from the top of the page: where it is scrolled, what stands half below the header would count as too small. */
async function mustBeAccessible(page: Page, where: string): Promise<void> {
  await page.evaluate(() => scrollTo(0, 0));
  await assertAccessible(page, where);
}

/** Presses Tab until something with this name has the focus; fails after a round. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let press = 0; press < 60; press++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement | null;
      return element?.ariaLabel ?? element?.labels?.[0]?.textContent ?? element?.textContent ?? "";
    });
    if (name.test(focused.trim())) return;
  }
  assert.fail(`no Tab leads to ${name}`);
}

onPage("by keyboard alone: drawn examples, captured ones, a training that is started and stopped", async (page) => {
  await tabTo(page, /drawn shapes/);
  await page.keyboard.press("Enter");
  await page.getByText("40 pictures", { exact: true }).nth(2).waitFor({ timeout: 30_000 });
  await tabTo(page, /^Use the camera$/);
  await page.keyboard.press("Enter");
  await page.getByText("Hold to capture").first().waitFor();
  await page
    .locator("video")
    .first()
    .evaluate(async (video: HTMLVideoElement) => {
      while (video.videoWidth === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    });
  // a number holds the capture of its class, wherever the focus is
  await page.keyboard.down("2");
  await page.getByText("Capturing").waitFor();
  await page.waitForFunction(() => !/^40 /.test(document.querySelectorAll("ol .count")[1]?.textContent ?? "40 "));
  await page.keyboard.up("2");
  await page.getByText("Capturing").waitFor({ state: "detached" });
  await tabTo(page, /^Hold to capture\s*: circle/);
  await page.keyboard.down("Space");
  await page.waitForFunction(() => !/^40 /.test(document.querySelector("ol .count")?.textContent ?? "40 "));
  await page.keyboard.up("Space");
  await mustBeAccessible(page, "with the camera on");
  await tabTo(page, /^Stop the camera$/);
  await page.keyboard.press("Enter");
  await tabTo(page, /^Train$/);
  await page.keyboard.press("Enter");
  // the button is gone, the focus is not lost
  await page.getByRole("button", { name: "Stop", exact: true }).waitFor();
  await tabTo(page, /^Stop$/);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Train", exact: true }).waitFor({ timeout: 60_000 });
  // two classes of one name, and one without pictures
  const names = page.locator("ol input[type=text]");
  await names.nth(0).fill("square");
  await page.getByText("console/class-twice").waitFor();
  await names.nth(0).fill("round");
  await tabTo(page, /^Add a class$/);
  await page.keyboard.press("Enter");
  await page.getByText("console/too-few-pictures").waitFor();
  await page.waitForFunction(() => (document.activeElement as HTMLInputElement).value === "Class 1");
  // what is dropped on a class goes to it, what is no picture is told
  await page
    .locator("ol > li")
    .last()
    .evaluate((row) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["words"], "words.txt", { type: "text/plain" }));
      dataTransfer.items.add(new File(["words"], "words.jpg", { type: "image/jpeg" }));
      row.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    });
  await page.getByText("words.jpg").waitFor();
  assert.match(
    (await page.locator("section").first().textContent()) ?? "",
    /not a JPEG, PNG[\s\S]*left out: words\.txt/,
  );
});

onPage("the page is whole in Chinese and at phone width in both themes", async (page) => {
  await page.getByRole("button", { name: "中文" }).click();
  await page.getByRole("heading", { level: 1, name: "训练" }).waitFor();
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      await mustBeAccessible(page, `${colorScheme}, ${width} px, Chinese`);
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.ok(wide <= 0, `${wide} px too wide at ${width}`);
    }
  }
});
