import assert from "node:assert/strict";
import { test } from "node:test";
import { flipImage } from "../augment/flip.ts";
import { lookup } from "../augment/lookup.ts";
import { createRandom } from "../augment/random.ts";
import { crop } from "../image/crop.ts";
import type { Image } from "../image/image.ts";
import { resize } from "../image/resize.ts";
import { compare, type Part, subjectOf } from "./likeness.ts";
import { thumbnailOf } from "./thumbnail.ts";

const cloud = (key: number): Image => {
  const random = createRandom("cloud", key);
  const data = Uint8Array.from({ length: 144 }, () => random.integer(256));
  return resize({ width: 12, height: 12, order: "gray", data }, { width: 200, height: 200, filter: "bicubic" });
};
const whole: Part = { across: { from: 0, to: 1 }, down: { from: 0, to: 1 } };
const search = { mirrored: false, isWorthwhile: () => true };
const stay = { part: whole, mirrored: false, isWorthwhile: () => false };
const compareImages = (one: Image, other: Image, options = stay) =>
  compare(subjectOf(thumbnailOf(one)), thumbnailOf(other), options);
const near = (value: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(value - expected) <= tolerance, `${value} is not ${expected}`);

test("a picture is wholly like itself, also in other light; its negative is wholly unlike", () => {
  const image = cloud(1);
  const same = compareImages(image, image);
  near(same.similarity, 1, 1e-6);
  near(same.weakest, 1, 1e-6);
  // half the contrast is half the bytes, rounded: a hundredth of the variance at most
  const darker = lookup(image, (byte) => byte / 2 + 20);
  near(compareImages(image, darker).similarity, 1, 0.01);
  const negative = compareImages(
    image,
    lookup(image, (byte) => 255 - byte),
  );
  near(negative.similarity, -1, 1e-6);
  near(negative.weakest, -1, 1e-6);
});

test("the similarity is the correlation of the grids less their means of 7x7 cells", () => {
  const [one, other] = [subjectOf(thumbnailOf(cloud(1))), subjectOf(thumbnailOf(cloud(2)))];
  // by the definition, cell by cell
  const edges = ({ grid }: { grid: Float32Array }) =>
    [...grid].map((value, i) => {
      const [x, y] = [i % 24, Math.floor(i / 24)];
      const around = [...grid].filter((_, j) => Math.abs((j % 24) - x) <= 3 && Math.abs(Math.floor(j / 24) - y) <= 3);
      return value - around.reduce((sum, neighbour) => sum + neighbour, 0) / around.length;
    });
  const centred = (values: number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  };
  const [a, b] = [centred(edges(one)), centred(edges(other))];
  const dot = (p: number[], q: number[]) => p.reduce((sum, value, i) => sum + value * q[i]!, 0);
  const expected = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  near(compare(one, thumbnailOf(cloud(2)), stay).similarity, expected, 1e-5); // single precision
});

test("the part that a crop shows is found, mirrored too", () => {
  const image = cloud(3);
  const cut = crop(image, { x: 9, y: 4, width: 184, height: 188 });
  const begin: Part = { across: { from: 0.025, to: 0.975 }, down: { from: 0, to: 0.95 } };
  const { similarity, part } = compareImages(cut, image, { part: begin, ...search });
  assert.ok(similarity > 0.995);
  near(part.across.from, 9 / 200, 0.006); // the last move is 0.005
  near(part.across.to, 193 / 200, 0.006);
  near(part.down.from, 4 / 200, 0.006);
  near(part.down.to, 192 / 200, 0.006);
  const mirrored = compareImages(flipImage(cut), image, { part: begin, ...search, mirrored: true });
  near(mirrored.similarity, similarity, 1e-3);
  assert.ok(compareImages(flipImage(cut), image, { part: begin, ...search }).similarity < 0.5);
});

test("where only a block differs the weakest blocks tell", () => {
  const image = cloud(4);
  const other = { ...image, data: image.data.slice() };
  const patch = cloud(5);
  for (let y = 70; y < 130; y++) other.data.set(patch.data.subarray(y * 200 + 70, y * 200 + 130), y * 200 + 70);
  const { similarity, weakest } = compareImages(image, other);
  assert.ok(similarity > 0.9 && weakest < 0.8, `${similarity}, ${weakest}`);
});

test("a flat picture is like nothing", () => {
  const flat: Image = { width: 9, height: 9, order: "gray", data: new Uint8Array(81).fill(7) };
  assert.ok(Number.isNaN(compareImages(flat, flat, { part: whole, ...search }).similarity));
  assert.ok(Number.isNaN(compareImages(flat, cloud(1)).similarity));
});
