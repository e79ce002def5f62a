import font from "@fontsource/inter/files/inter-latin-600-normal.woff2?url";
import { fontFamily, overlayScale, overlaySvg } from "@foveajs/operations/browser";
import type { Face } from "@foveajs/vision";
import { errors } from "../errors.ts";

/** A picture's file with its faces, in pixels of the upright picture. */
export interface OverlaySource {
  readonly file: Blob;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly faces: readonly Face[];
}

/** The picture with boxes, points and labels, drawn as `fovea analyze --overlay` draws them, as a PNG. */
export async function overlayPicture({ file, name, width, height, faces }: OverlaySource): Promise<Blob> {
  const scale = overlayScale(width, height);
  const canvas = new OffscreenCanvas(width * scale, height * scale);
  const context = canvas.getContext("2d")!;
  context.imageSmoothingEnabled = false; // small pictures are enlarged pixel by pixel, as on the command line
  try {
    const [picture, drawing] = await Promise.all([
      createImageBitmap(file),
      drawable(withFont(overlaySvg({ width, height, faces }), await fontUrl())),
    ]);
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    context.drawImage(drawing, 0, 0);
    picture.close();
    return await canvas.convertToBlob({ type: "image/png" });
  } catch (cause) {
    throw errors["picture-not-drawn"]({ name, reason: (cause as Error).message }, { cause });
  }
}

/** A drawing in an image has no access to the fonts of the page: its own travels in it. */
const withFont = (svg: string, url: string): string =>
  svg.replace(
    /^<svg[^>]*>/,
    (root) =>
      `${root}<style>@font-face{font-family:"${fontFamily}";font-weight:600;src:url("${url}") format("woff2")}</style>`,
  );

async function fontUrl(): Promise<string> {
  const bytes = await (await fetch(font)).blob();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(bytes);
  });
}

async function drawable(svg: string): Promise<HTMLImageElement> {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(url);
  }
}
