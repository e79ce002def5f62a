import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createFacePipeline, decode, type Face } from "@foveajs/vision";
import type { Locator, Page } from "playwright-core";

export const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** Faces that the library finds in Node, by the same models. */
export async function facesInNode(file: string): Promise<readonly Face[]> {
  const model = (name: string) => ({ name, bytes: readFileSync(path.join(root, "models", `${name}.onnx`)) });
  const pipeline = await createFacePipeline({ detector: model("face-detector"), reader: model("face-reader") });
  try {
    return await pipeline.analyze(await decode(readFileSync(file)));
  } finally {
    await pipeline.dispose();
  }
}

/** Gives a file to the page: let go over the zone, as from a file manager, or pasted. */
export async function give(page: Page, file: string, how: "drop" | "paste" = "drop"): Promise<void> {
  const given = { name: path.basename(file), base64: readFileSync(file).toString("base64") };
  const data = await page.evaluateHandle(({ name, base64 }) => {
    const transfer = new DataTransfer();
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name));
    return transfer;
  }, given);
  if (how === "drop") return page.locator(".zone").dispatchEvent("drop", { dataTransfer: data });
  await data.evaluate((clipboardData) => {
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  });
}

/** What is told of the chosen face. */
export const panel = (page: Page): Locator => page.locator(".face").first();
/** Boxes as they are drawn, x, y, width, height in pixels of the picture. */
export const boxesOf = (page: Page): Promise<number[][]> =>
  page
    .locator("svg rect.line")
    .evaluateAll((rects) =>
      rects.map((rect) => ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)))),
    );

/** What a button gives to be saved. */
export async function downloaded(page: Page, name: RegExp): Promise<{ name: string; bytes: Buffer }> {
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name }).click();
  const download = await coming;
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** What the page puts on the clipboard. */
export async function copiedJson(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Copy JSON" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
}
