import assert from "node:assert/strict";
import { test } from "node:test";
import type { Box, Face } from "@foveajs/vision";
import fc from "fast-check";
import { linesOf } from "./label-texts.ts";
import { contrast, palette, textColor } from "./palette.ts";
import { type LabelWish, placeLabels } from "./place-labels.ts";
import { renderOverlay } from "./render.ts";
import { overlayScale, overlaySizes } from "./sizes.ts";
import { overlaySvg } from "./svg.ts";
import { textWidth } from "./text-width.ts";

const labels = ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"];

function face({ x, y, width, height }: Box, label = 1, probability = 0.93): Face {
  const at = (a: number, b: number) => [x + a * width, y + b * height] as const;
  const points = {
    left_eye: at(0.3, 0.4),
    right_eye: at(0.7, 0.4),
    nose: at(0.5, 0.6),
    left_mouth: at(0.35, 0.78),
    right_mouth: at(0.65, 0.78),
  };
  const scores = Object.fromEntries(
    labels.map((name, at) => [name, at === label ? probability : (1 - probability) / 7]),
  );
  const readings = { expression: { label: labels[label] as string, scores } };
  return { box: { x, y, width, height }, score: 0.98, points, readings, values: {}, eyes: {} };
}

const platesOf = (svg: string): Box[] =>
  [...svg.matchAll(/<rect x="([^"]+)" y="([^"]+)" width="([^"]+)" height="([^"]+)" rx="[^"]+" fill="#/g)].map(
    (match) => {
      const [x = 0, y = 0, width = 0, height = 0] = match.slice(1).map(Number);
      return { x, y, width, height };
    },
  );

const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));

test("text stands out from every plate (WCAG AA: 4.5) and colours from each other", () => {
  // Black on white is 21 by definition of WCAG 2.2; #777777 on white is 4.48 (WebAIM contrast checker).
  assert.equal(Math.round(contrast("#000000", "#FFFFFF")), 21);
  assert.equal(contrast("#777777", "#FFFFFF").toFixed(2), "4.48");
  for (const color of palette) assert.ok(contrast(color, textColor(color)) >= 4.5, color);
  assert.equal(new Set(palette).size, palette.length);
});

test("any picture, any faces: labels lie inside, apart, and off all faces but the outskirts of their own", () => {
  const box = fc.record({
    x: fc.double({ min: -0.1, max: 1, noNaN: true }),
    y: fc.double({ min: -0.1, max: 1, noNaN: true }),
    size: fc.double({ min: 0.005, max: 1.2, noNaN: true }),
  });
  const side = fc.integer({ min: 64, max: 8000 });
  fc.assert(
    fc.property(side, side, fc.array(box, { maxLength: 25 }), (width, height, boxes) => {
      const scale = overlayScale(width, height);
      const faces = boxes.map(({ x, y, size }, index) => {
        const side = size * Math.min(width, height);
        return face({ x: x * width, y: y * height, width: side, height: side * 1.3 }, index % 8);
      });
      const svg = overlaySvg({ width, height, faces });
      const plates = platesOf(svg);
      for (const [index, plate] of plates.entries()) {
        assert.ok(plate.x >= 0 && plate.x + plate.width <= width * scale + 0.02, "inside, across");
        assert.ok(plate.y >= 0 && plate.y + plate.height <= height * scale + 0.02, "inside, down");
        // A price above the limit drops a label: at most 8 / 120 of a plate over a label, 8 / 60 over faces.
        for (const other of plates.slice(index + 1)) {
          const smaller = Math.min(plate.width * plate.height, other.width * other.height);
          assert.ok(overlap(plate, other) <= smaller * 0.15, "labels apart");
        }
        const covered = faces.filter(({ box }) => {
          const scaled = { x: box.x * scale, y: box.y * scale, width: box.width * scale, height: box.height * scale };
          return overlap(plate, scaled) > plate.width * plate.height * 0.15;
        });
        assert.ok(covered.length <= 1, "no other face covered");
      }
    }),
    { numRuns: 300 },
  );
});

test("a lone face keeps its label, however small, large or near the edge, and at every picture size", () => {
  for (const side of [64, 100, 399, 480, 1000, 4000, 8000]) {
    for (const [x, y, size] of [
      [0.4, 0.4, 0.02],
      [0, 0, 1],
      [-0.2, 0.7, 0.3],
      [0.9, 0, 0.2],
      [0.3, 0.3, 0.4],
    ] as const) {
      const svg = overlaySvg({
        width: side,
        height: side,
        faces: [face({ x: x * side, y: y * side, width: size * side, height: size * side })],
      });
      assert.equal(platesOf(svg).length, 1, `${side}: ${x}, ${y}, ${size}`);
      assert.match(svg, />happiness( 93%)?<\/text>/);
    }
  }
});

test("text is at least 11 px at any size, and 1 to 3.7 % of the picture", () => {
  for (const [width, height] of [
    [64, 64],
    [64, 48],
    [300, 200],
    [512, 512],
    [4000, 300],
    [8000, 8000],
  ] as const) {
    const scale = overlayScale(width, height);
    const picture = { width: width * scale, height: height * scale };
    for (const size of [0.01, 0.2, 1]) {
      const { font, line } = overlaySizes({
        ...picture,
        boxes: [{ x: 0, y: 0, width: width * size, height: height * size }],
      });
      assert.ok(font >= 11, `${width} x ${height}: ${font} px`);
      assert.ok(font <= Math.max(18, Math.max(picture.width, picture.height) * 0.037));
      assert.ok(line >= 1.25 && line < font);
    }
  }
});

/** A face of which all was read. */
const readFace = (box: Box, more: Partial<Face> = {}): Face => {
  const { readings, ...rest } = face(box);
  const yes = (p: number) => ({ label: p > 0.5 ? "yes" : "no", scores: { no: 1 - p, yes: p } });
  const open = { label: "open", scores: { closed: 0, open: 1 } };
  return {
    ...rest,
    readings: {
      ...readings,
      smile: yes(0.944),
      glasses: yes(0.1),
      head_pose: { label: "frontal", scores: { frontal: 1 } },
    },
    eyes: { eye: { left: open, right: open } },
    ...more,
  };
};
const textsOf = (svg: string): string[] => [...svg.matchAll(/>([^<>]+)<\/text>/g)].map(([, text]) => text!);

test("what else was read stands under the label in smaller text, as far as the face holds it", () => {
  const draw = (side: number, more: Partial<Face> = {}) =>
    overlaySvg({
      width: 1000,
      height: 800,
      faces: [readFace({ x: 300, y: 200, width: side, height: side * 1.3 }, more)],
    });
  const [title, ...lines] = textsOf(draw(300));
  assert.deepEqual([title, lines.join(" ")], ["happiness 93%", "smile 94%, no glasses, frontal, eyes open"]);
  const sizes = [...draw(300).matchAll(/font-size="([^"]+)"/g)].map(([, size]) => Number(size));
  assert.ok(sizes.slice(1).every((size) => size < sizes[0]! && size >= 10));
  assert.deepEqual(textsOf(draw(50)), ["happiness 93%"]);
  const closed = { label: "closed", scores: { closed: 1, open: 0 } };
  const { left } = readFace({ x: 0, y: 0, width: 9, height: 9 }).eyes.eye!;
  const more: Partial<Face> = {
    readings: { head_pose: { label: "left_profile", scores: {} }, gaze: { label: "left", scores: {} } },
    eyes: { eye: { left, right: closed } },
    values: { age: 34.26, valence: -0.04, arousal: 0.26 },
    derived: { valence: "votes", arousal: "votes" },
  };
  assert.deepEqual(
    textsOf(draw(400, more))
      .join(" ")
      .split(/,? (?=left (?:profile|eye)|gaze|age|valence)/),
    [
      "face 98%",
      "left profile",
      "gaze left",
      "left eye open, right closed",
      "age 34.3",
      "valence 0.0, arousal +0.3 (derived)",
    ],
  );
});

test("details leave the eyes and the mouth of their own face, other faces and other labels alone", () => {
  const places = fc.array(
    fc.tuple(fc.double({ min: 0, max: 0.8, noNaN: true }), fc.double({ min: 0, max: 0.7, noNaN: true })),
    {
      minLength: 1,
      maxLength: 6,
    },
  );
  const size = fc.double({ min: 0.05, max: 0.9, noNaN: true });
  let detailed = 0;
  fc.assert(
    fc.property(places, size, (corners, side) => {
      const [width, height] = [1000, 800];
      const faces = corners.map(([x, y]) =>
        readFace({ x: x * width, y: y * height, width: side * 500, height: side * 650 }),
      );
      const svg = overlaySvg({ width, height, faces });
      const plain = overlaySvg({ width, height, faces: faces.map(({ box }) => face(box)) });
      const plates = platesOf(svg);
      assert.equal(plates.length, platesOf(plain).length, "as many labels as without details");
      const bodies = svg.split(/(?=<rect [^>]*fill="#)/).slice(1);
      bodies.forEach((body, index) => {
        if (textsOf(body).length < 2) return;
        detailed++;
        const plate = plates[index]!;
        for (const other of plates) if (other !== plate) assert.equal(overlap(plate, other), 0);
        const covered = faces.filter(({ box }) => overlap(plate, box) > 0.01 * plate.width * plate.height);
        assert.ok(covered.length <= 1, "no face but its own");
        for (const { points } of faces)
          for (const [x, y] of Object.values(points))
            assert.equal(overlap(plate, { x: x - 1, y: y - 1, width: 2, height: 2 }), 0, "no eye, nose or mouth");
      });
    }),
    { numRuns: 200 },
  );
  assert.ok(detailed > 50, `${detailed} labels with details`);
});

test("phrases in as few lines as will do, as even as they can be", () => {
  const measure = (text: string) => text.length;
  const wrap = (width: number, most: number) => linesOf(["aaa", "bb", "c", "dd"], { width, most, measure });
  assert.deepEqual(wrap(13, 3), ["aaa, bb,", "c, dd"]);
  assert.deepEqual(wrap(14, 1), ["aaa, bb, c, dd"]);
  assert.deepEqual(wrap(8, 2), ["aaa, bb,", "c, dd"]);
  assert.equal(wrap(7, 2), undefined);
  assert.equal(wrap(13, 0), undefined);
  assert.deepEqual(linesOf([], { width: 1, most: 0, measure }), []);
});

test("a label that would cover another face moves elsewhere", () => {
  const upper = { x: 100, y: 50, width: 60, height: 60 };
  const lower = { x: 100, y: 115, width: 60, height: 60 };
  const wish = (box: Box): LabelWish => ({ box, core: box, plates: [{ width: 60, height: 20 }] });
  const [first, second] = placeLabels([wish(upper), wish(lower)], { width: 300, height: 300, gap: 2 });
  assert.deepEqual(first?.plate, { x: 100, y: 28, width: 60, height: 20 }, "over its box");
  assert.deepEqual(second?.plate, { x: 100, y: 177, width: 60, height: 20 }, "under its box: above is the other face");
});

test("labels of strangers cannot break the drawing", () => {
  const readings = { expression: { label: '<&">\u0000é', scores: {} } };
  const odd = { ...face({ x: 10, y: 10, width: 50, height: 50 }), readings };
  const svg = overlaySvg({ width: 500, height: 500, faces: [odd] });
  assert.match(svg, />&#60;&#38;&#34;&#62; é 0%<\/text>/);
  const infinite = overlaySvg({ width: 500, height: 500, faces: [face({ x: Number.NaN, y: 0, width: 9, height: 9 })] });
  assert.doesNotMatch(infinite, /NaN|Infinity/);
});

test("text widths are those that the font draws", async () => {
  // The rasterizer itself is the measure: the last inked column of white text on black, drawn from x = 0.
  for (const text of ["happiness 97%", "mmm", "iii"]) {
    const font = 40;
    const svg =
      `<svg xmlns="http://www.w3.org/2000/svg" width="500" height="60" viewBox="0 0 500 60">` +
      `<text x="0" y="45" font-family="Inter" font-weight="600" font-size="${font}" fill="#ffffff">${text}</text></svg>`;
    const blank = { width: 500, height: 60, order: "gray", data: new Uint8Array(500 * 60) } as const;
    const { data, width } = await renderOverlay(blank, svg);
    let last = 0;
    data.forEach((value, at) => {
      if (value > 128) last = Math.max(last, Math.floor(at / 3) % width);
    });
    assert.ok(Math.abs(last - textWidth(text) * font) < 0.03 * textWidth(text) * font + 4, `${text}: ${last} px`);
  }
});

test("compositing: out = over alpha + below (1 - alpha), untouched elsewhere, colours in order", async () => {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="600" viewBox="0 0 600 600">` +
    `<rect x="0" y="300" width="600" height="300" fill="#ff0000" fill-opacity="0.5"/></svg>`;
  const data = new Uint8Array(600 * 600 * 3);
  for (let at = 0; at < data.length; at += 3) data.set([30, 20, 200], at);
  const drawn = await renderOverlay({ width: 600, height: 600, order: "bgr", data }, svg);
  assert.equal(drawn.order, "rgb");
  assert.deepEqual([...drawn.data.subarray(0, 3)], [200, 20, 30], "BGR came as RGB");
  const below = [...drawn.data.subarray(-3)];
  // alpha 128/255: 200 + (255 - 200) * .502 = 227.6; 20 * .498 = 10; 30 * .498 = 14.9
  for (const [channel, value] of [228, 10, 15].entries()) {
    assert.ok(Math.abs((below[channel] ?? 0) - value) <= 1, String(below));
  }
  assert.equal(data[0], 30, "the picture given is unchanged");
});

test("small pictures are enlarged, and 64 to 8000 px are drawn to the end", async () => {
  for (const [width, height] of [
    [64, 64],
    [1, 1],
    [3, 700],
    [8000, 40],
    [2500, 2000],
  ] as const) {
    const faces = [face({ x: width * 0.2, y: height * 0.3, width: width * 0.5, height: height * 0.5 })];
    const image = { width, height, order: "gray", data: new Uint8Array(width * height).fill(7) } as const;
    const drawn = await renderOverlay(image, overlaySvg({ width, height, faces }));
    const scale = overlayScale(width, height);
    assert.deepEqual([drawn.width, drawn.height], [width * scale, height * scale]);
    assert.ok(
      drawn.data.some((value) => value > 100),
      `${width} x ${height}: nothing was drawn`,
    );
    if (width >= 64) assert.ok(Math.max(drawn.width, drawn.height) >= 400);
  }
});
