import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { cannotRun, type TestBrowser } from "../browser.test.support.ts";

const models = fileURLToPath(new URL("../../../../models", import.meta.url));

/** The shipped models, as the page lists them. */
export const names: readonly string[] = ["expression", "face-detector", "face-reader"];
const fileOf = (name: string): string => path.join(models, `${name}.onnx`);

/** The file of a shipped model. */
export const bytesOf = (name: string): Uint8Array => readFileSync(fileOf(name));

/** Why tests of the page cannot run here; false where they can. */
export const skip: string | false =
  cannotRun() || (!names.every((name) => existsSync(fileOf(name))) && "models/ does not hold all models");

export const wait = { timeout: 60_000 };

/** A page at a model, its card drawn. */
export async function openModel(browser: TestBrowser, name: string): Promise<Page> {
  const page = await browser.open(`#/models/${name}`);
  await page.locator("h2").nth(3).waitFor(wait);
  return page;
}

/** Tries the example's picture, and waits until something is told of it. */
export async function tryExample(page: Page): Promise<void> {
  await page.getByRole("button", { name: /example|示例/ }).click();
  await page.locator("canvas").waitFor(wait);
}
