import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Image } from "@foveajs/vision";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { overlayScale } from "./sizes.ts";
import { fontFamily } from "./text-width.ts";

// Rows that are rasterized at once: memory stays at a few MB a thousand pixels of width, whatever the height.
const bandRows = 256;

/**
 * Lays an SVG document over an image: the picture, enlarged by `overlayScale`, in RGB, with the drawing composited over it.
 * The document has the size that `overlaySvg` gives it.
 */
export async function renderOverlay(image: Image, svg: string): Promise<Image> {
  const fonts = await loadRasterizer();
  const scale = overlayScale(image.width, image.height);
  const picture = enlarge(image, scale);
  for (let top = 0; top < picture.height; top += bandRows) {
    const rows = Math.min(bandRows, picture.height - top);
    composite(picture, rasterizeBand(svg, { width: picture.width, top, rows, fonts }), top);
  }
  return picture;
}

/** Rows `top` to `top + rows` of a document as RGBA with colours multiplied by alpha: rows * width * 4 bytes. */
function rasterizeBand(
  svg: string,
  { width, top, rows, fonts }: { width: number; top: number; rows: number; fonts: Uint8Array[] },
): Uint8Array {
  const root = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${rows}" viewBox="0 ${top} ${width} ${rows}">`;
  const band = svg.replace(/^<svg[^>]*>/, root);
  const resvg = new Resvg(band, { font: { fontBuffers: fonts, defaultFontFamily: fontFamily } });
  const rendered = resvg.render();
  const pixels = rendered.pixels;
  rendered.free();
  resvg.free();
  return pixels;
}

/** out = over + below * (1 - alpha), in place, from row `top` on; colours of `over` are multiplied by alpha already. */
function composite(picture: { width: number; data: Uint8Array }, over: Uint8Array, top: number): void {
  const { data, width } = picture;
  for (let from = 0, to = top * width * 3; from < over.length; from += 4, to += 3) {
    const alpha = over[from + 3] as number;
    if (alpha === 0) continue;
    for (let channel = 0; channel < 3; channel++) {
      const below = data[to + channel] as number;
      data[to + channel] = (over[from + channel] as number) + Math.round((below * (255 - alpha)) / 255);
    }
  }
}

/** A copy in RGB, every pixel repeated `scale` times both ways. */
function enlarge({ width, height, order, data }: Image, scale: number): Image {
  const channels = order === "gray" ? 1 : 3;
  const places = { gray: [0, 0, 0], rgb: [0, 1, 2], bgr: [2, 1, 0] }[order] as [number, number, number];
  const rowBytes = width * scale * 3;
  const out = new Uint8Array(rowBytes * height * scale);
  for (let y = 0; y < height; y++) {
    let to = y * scale * rowBytes;
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * channels;
      for (let repeat = 0; repeat < scale; repeat++) {
        for (const place of places) out[to++] = data[from + place] as number;
      }
    }
    for (let repeat = 1; repeat < scale; repeat++) {
      out.copyWithin((y * scale + repeat) * rowBytes, y * scale * rowBytes, (y * scale + 1) * rowBytes);
    }
  }
  return { width: width * scale, height: height * scale, order: "rgb", data: out };
}

let rasterizer: Promise<Uint8Array[]> | undefined;

/** Compiles the rasterizer and reads the font once a process: initWasm refuses a second time. */
function loadRasterizer(): Promise<Uint8Array[]> {
  rasterizer ??= (async () => {
    const { resolve } = createRequire(import.meta.url);
    await initWasm(await readFile(resolve("@resvg/resvg-wasm/index_bg.wasm")));
    return [new Uint8Array(await readFile(resolve("@fontsource/inter/files/inter-latin-600-normal.woff2")))];
  })();
  return rasterizer;
}
