import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { decode } from "@foveajs/vision";
import {
  assertAccessible,
  type ConsoleServer,
  cannotRun,
  example,
  openBrowser,
  startServer,
  type TestBrowser,
} from "../browser.test.support.ts";
import { boxesOf, copiedJson, downloaded, facesInNode, give, panel, root } from "./analyze-page.test.support.ts";
import { writeClip } from "./camera-clip.test.support.ts";

const shared = process.env.FOVEA_SHARED ?? path.join(root, "..", "shared");
const group = path.join(shared, "data", "group_photos", "images", "2008_007676.jpg");
const withoutGroup = existsSync(group) ? false : "there are no group photos in ../shared";
/** A photo with several faces where there is one, else one with one. */
const photo = withoutGroup ? example("astronaut.jpg") : group;
const photoName = path.basename(photo);
const wait = { timeout: 60_000 };

const skip = cannotRun();
let folder: string;
let server: ConsoleServer;
let browser: TestBrowser;

before(async () => {
  if (skip) return;
  folder = mkdtempSync(path.join(tmpdir(), "fovea-analyze-"));
  const clip = path.join(folder, "clip.y4m");
  const picture = await decode(readFileSync(example("astronaut.jpg")));
  await writeClip(clip, picture, { width: 640, height: 480, frames: 30 });
  server = await startServer();
  browser = await openBrowser(server.url, {
    permissions: ["clipboard-read", "clipboard-write", "camera"],
    args: [
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      `--use-file-for-fake-video-capture=${clip}`,
    ],
  });
});

after(async () => {
  if (skip) return;
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a dropped photo gets the faces that the library finds in Node, within a pixel", { skip }, async () => {
  const expected = await facesInNode(photo);
  const page = await browser.open("#/analyze");
  await assertAccessible(page, "the start");
  await give(page, photo);
  await panel(page).waitFor(wait);
  const boxes = await boxesOf(page);
  assert.equal(boxes.length, expected.length);
  assert.ok(withoutGroup || boxes.length > 3);
  for (const [index, { box }] of expected.entries()) {
    const sides = [box.x, box.y, box.width, box.height];
    for (const [side, value] of sides.entries())
      assert.ok(Math.abs(boxes[index]![side]! - value) < 1, `face ${index + 1}`);
  }
  // drawn where they are told: the first button lies over its box, in shares of the picture
  const [image, button] = await Promise.all([
    page.locator(".picture img").boundingBox(),
    page.getByRole("button", { name: /^Face 1,/ }).boundingBox(),
  ]);
  const { width } = await decode(readFileSync(photo));
  const scale = image!.width / width;
  assert.ok(Math.abs(button!.x - image!.x - expected[0]!.box.x * scale) < 1.5);
  assert.ok(Math.abs(button!.width - expected[0]!.box.width * scale) < 1.5);
  await assertAccessible(page, "a photo");
  await page.close();
});

test("JSON and table are those of the command line, the drawn picture has its size and its boxes", {
  skip,
}, async () => {
  const page = await browser.open("#/analyze");
  await give(page, photo);
  await panel(page).waitFor(wait);
  const [json, csv, overlay] = [await copiedJson(page), await downloaded(page, /CSV/), await downloaded(page, /PNG/)];

  const table = path.join(folder, "faces.csv");
  const command = [path.join(root, "packages/cli/dist/main.js"), "analyze", photoName, "--json", "--csv", table];
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: path.dirname(photo) });
  const shape = (value: unknown): unknown =>
    typeof value === "object" && value !== null
      ? Object.entries(value).map(([key, inner]) => [key, shape(inner)])
      : typeof value;
  assert.equal(json.trim().split("\n").length, 1);
  assert.deepEqual(shape(JSON.parse(json)), shape(JSON.parse(stdout)));
  assert.equal(JSON.parse(json).file, photoName);

  const rows = (text: string) =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => line.split(","));
  const [told, expected] = [rows(csv.bytes.toString()), rows(readFileSync(table, "utf8"))];
  assert.equal(csv.name, `${path.parse(photoName).name}.faces.csv`);
  assert.deepEqual(told[0], expected[0]);
  assert.equal(told.length, expected.length);
  for (const [row, cells] of expected.entries())
    for (const [column, cell] of cells.entries()) {
      const [value, other] = [told[row]![column]!, cell];
      // the two decode the same bytes; sums in another order move the last digits
      if (Number.isNaN(Number(other))) assert.equal(value, other);
      else assert.ok(Math.abs(Number(value) - Number(other)) < 0.1, `${told[0]![column]}: ${value}, ${other}`);
    }

  const [drawn, plain] = [await decode(overlay.bytes), await decode(readFileSync(photo))];
  assert.equal(overlay.name, `${path.parse(photoName).name}.overlay.png`);
  assert.deepEqual([drawn.width, drawn.height], [plain.width, plain.height]);
  const changed = drawn.data.reduce((sum, value, at) => sum + (Math.abs(value - plain.data[at]!) > 60 ? 1 : 0), 0);
  assert.ok(changed > 500 && changed < drawn.data.length / 4, `${changed} values differ`);
  await page.close();
});

test("a text file gets an error that says what was expected and what to do", { skip }, async () => {
  const notes = path.join(folder, "notes.txt");
  writeFileSync(notes, "hello");
  const page = await browser.open("#/analyze");
  await give(page, notes);
  const alert = page.getByRole("alert");
  await alert.waitFor(wait);
  assert.match(
    (await alert.textContent())!,
    /expected JPEG, PNG, WebP or AVIF.*Give a picture file.*vision\/image-unknown-format/i,
  );
  assert.equal(await page.locator(".picture img").isVisible(), false);
  await assertAccessible(page, "an error");
  await page.close();
});

test("a pasted photo is looked at", { skip }, async () => {
  const page = await browser.open("#/analyze");
  await give(page, example("astronaut.jpg"), "paste");
  await panel(page).waitFor(wait);
  assert.equal((await boxesOf(page)).length, 1);
  await page.close();
});

test("a folder becomes a contact sheet: what is cancelled waits, what is no picture is passed over", {
  skip,
}, async () => {
  const photos = mkdtempSync(path.join(folder, "photos-"));
  const copies = 40; // enough that the button is there long enough to be pressed
  for (let copy = 1; copy <= copies; copy++) copyFileSync(photo, path.join(photos, `photo ${copy}.jpg`));
  writeFileSync(path.join(photos, "notes.txt"), "hello");
  writeFileSync(path.join(photos, "broken.jpg"), "hello");
  const page = await browser.open("#/analyze");
  await page.getByTestId("folder").setInputFiles(photos);
  await page.locator("li.done").first().waitFor(wait);
  await page.getByRole("button", { name: "Cancel" }).click();
  assert.ok((await page.locator("li.cancelled").count()) > 0);
  await page.getByRole("button", { name: "Look at the rest" }).click();
  await page.getByText(new RegExp(`${copies + 1} photos · \\d+ faces · 1 failed`)).waitFor(wait);
  assert.equal(await page.locator("li.done").count(), copies);
  assert.match((await page.locator("li.failed").textContent())!, /image-unknown-format.*broken\.jpg/s);
  await page.getByText("1 file that is no photo was passed over.").waitFor();
  await assertAccessible(page, "the sheet");
  const lines = (await copiedJson(page))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ file }) => path.basename(file)).slice(0, 2), ["broken.jpg", "photo 1.jpg"]);
  assert.equal(lines[0].error.code, "vision/image-unknown-format");
  assert.equal((await downloaded(page, /CSV/)).name, "faces.csv");

  await page.getByRole("button", { name: /photo 2\.jpg/ }).click();
  await panel(page).waitFor();
  await page.keyboard.press("Escape");
  const focused = page.locator("li button:focus");
  assert.match((await focused.textContent())!, /photo 2\.jpg/);
  await page.close();
});

test("the camera gets live boxes that follow the face, in a mirror, and is let go when it is stopped", {
  skip,
}, async () => {
  const page = await browser.open("#/analyze");
  await page.getByRole("button", { name: "Use the camera" }).click();
  await panel(page).waitFor(wait);
  await page.getByText(/frames a second/).waitFor();
  const places = new Set<number>();
  for (let look = 0; look < 40 && places.size < 4; look++) {
    const [box] = await boxesOf(page);
    if (box) places.add(Math.round(box[0]!));
    await page.waitForTimeout(100);
  }
  assert.ok(places.size >= 4, `the box stood at ${[...places]}`);
  // the face is left of the clip's middle for as long as it moves, hence right of it in the mirror
  const { box } = (await facesInNode(example("astronaut.jpg")))[0]!;
  for (const x of places) {
    const left = 640 - x - box.width;
    assert.ok(left > box.x - 12 && left < box.x + 60 + 12, `${x} mirrors ${left}`);
  }
  await page.getByText("68 points").click();
  assert.equal(await page.locator("svg path.dot").count(), 0);
  await assertAccessible(page, "the camera");
  await page.getByRole("button", { name: "Stop the camera" }).click();
  await page.getByRole("button", { name: "Use the camera" }).waitFor();
  assert.equal(
    await page.evaluate(
      () =>
        document.querySelector("video")?.srcObject instanceof MediaStream &&
        (document.querySelector("video")!.srcObject as MediaStream).active,
    ),
    false,
  );
  await page.getByRole("button", { name: "Back to photos" }).click();
  await page.getByText("Drop photos or a folder here").waitFor();
  await page.close();
});

test("all by keyboard: the example, face after face, the points", { skip }, async () => {
  const page = await browser.open("#/analyze");
  const tabTo = async (name: RegExp): Promise<void> => {
    for (let steps = 0; steps < 40; steps++) {
      await page.keyboard.press("Tab");
      const label = await page.evaluate(() => {
        const at = document.activeElement;
        return (
          at?.getAttribute("aria-label") ??
          (at instanceof HTMLInputElement ? at.labels?.[0]?.textContent : at?.textContent) ??
          ""
        );
      });
      if (name.test(label)) return;
    }
    assert.fail(`Tab does not lead to ${name}`);
  };
  await tabTo(/Try this one/);
  await page.keyboard.press("Enter");
  await panel(page).waitFor(wait);
  await tabTo(/^Face 1, happiness \d+%/);
  await tabTo(/68 points/);
  await page.keyboard.press("Space");
  assert.equal(await page.locator("svg path.dot").count(), 0);
  if (!withoutGroup) {
    await give(page, photo);
    await page.getByText(photoName).first().waitFor();
    await panel(page).waitFor(wait);
    const pressed = page.getByRole("button", { pressed: true });
    await pressed.focus();
    await page.keyboard.press("Home");
    await page.getByRole("heading", { name: "Face 1", exact: true }).waitFor();
    const [first] = await boxesOf(page);
    await page.keyboard.press("ArrowRight");
    const number = Number((await pressed.getAttribute("aria-label"))!.match(/\d+/)![0]);
    const other = (await boxesOf(page))[number - 1]!;
    assert.ok(number !== 1 && other[0]! + other[2]! / 2 > first![0]! + first![2]! / 2);
    await page.getByRole("heading", { name: `Face ${number}`, exact: true }).waitFor();
  }
  await page.close();
});

test("a server for work tells no expression, and says why; the page speaks Chinese too", { skip }, async () => {
  const workplace = await startServer({ settings: "purpose: workplace" });
  const chinese = await openBrowser(workplace.url, { locale: "zh-CN", colorScheme: "dark" });
  try {
    const page = await chinese.open("#/analyze");
    await page.getByRole("button", { name: /试试这张/ }).click();
    await page.getByRole("heading", { name: "人脸 1" }).waitFor(wait);
    const text = (await panel(page).textContent())!;
    assert.match(text, /不得识别情绪/);
    assert.doesNotMatch(text, /高兴|效价/);
    assert.match(text, /微笑/);
    await assertAccessible(page, "without emotions, in Chinese and dark");
    assert.deepEqual(chinese.faults(), []);
  } finally {
    await chinese.close();
    await workplace.stop();
  }
});

test("nothing went wrong in any page, and no other host was asked", { skip }, () => {
  assert.deepEqual(browser.faults(), []);
});
