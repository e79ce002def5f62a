import assert from "node:assert/strict";
import { test } from "node:test";
import { isOverlayName, overlayNames } from "./file-names.ts";

test("same base name, JPEG stays JPEG, all else is PNG", () => {
  const name = overlayNames("out");
  assert.deepEqual(name("a/photo.jpg"), { path: "out/photo.overlay.jpg", format: "jpeg" });
  assert.deepEqual(name("a/b.JPEG"), { path: "out/b.overlay.jpeg", format: "jpeg" });
  assert.deepEqual(name("a/c.webp"), { path: "out/c.overlay.png", format: "png" });
  assert.deepEqual(name("-"), { path: "out/stdin.overlay.png", format: "png" });
});

test("equal names of different folders do not meet, whatever their case", () => {
  const name = overlayNames("out");
  const paths = ["a/x.jpg", "b/x.jpg", "c/X.JPG", "d/x.png", "e/x.webp"].map((input) => name(input).path);
  assert.equal(new Set(paths.map((path) => path.toLowerCase())).size, paths.length);
  assert.equal(paths[1], "out/x.overlay-2.jpg");
  assert.ok(paths.every(isOverlayName));
  assert.ok(!isOverlayName("overlay.jpg"));
});
