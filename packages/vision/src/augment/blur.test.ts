import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Image } from "../image/image.ts";
import { gaussianBlur } from "./blur.ts";

// scipy's gaussian_filter: fixtures/make-blur.py
const golden: { width: number; height: number; gray: string; cases: Record<string, string> } = JSON.parse(
  readFileSync(new URL("../../fixtures/blur.json", import.meta.url), "utf8"),
);
const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64"));

test("a Gaussian blur gives scipy's values, within one for ties of single precision", () => {
  const image: Image = { width: golden.width, height: golden.height, order: "gray", data: bytes(golden.gray) };
  for (const [sigma, expected] of Object.entries(golden.cases)) {
    const { data } = gaussianBlur(image, Number(sigma));
    data.forEach((value, i) => {
      assert.ok(Math.abs(value - bytes(expected)[i]!) <= 1);
    });
    assert.ok(data.filter((value, i) => value !== bytes(expected)[i]).length <= 1);
  }
});
