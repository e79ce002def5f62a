import { sha256 as noble } from "@noble/hashes/sha2.js";
import { errors } from "../errors.ts";
import type { Image } from "../image/image.ts";

/** What is used of the page; the package is compiled against Node's types alone. */
interface Page {
  readonly crossOriginIsolated: boolean;
  readonly navigator: { readonly hardwareConcurrency: number };
  readonly OffscreenCanvas: new (
    width: number,
    height: number,
  ) => {
    getContext(kind: "2d"): {
      fillStyle: string;
      fillRect(x: number, y: number, width: number, height: number): void;
      drawImage(source: object, x: number, y: number, width: number, height: number): void;
      getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
    };
  };
}

/** A port of the page's, which Node's types do not know by `onmessage`. */
interface PagePort {
  onmessage: () => void;
  postMessage(message: null): void;
  close(): void;
}

const page = () => globalThis as unknown as Page;

const encoder = new TextEncoder();

/** SHA-256 of the parts one after the other, text as UTF-8; 64 hexadecimal digits. Not that of the page, which makes its callers wait. */
export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = noble.create();
  for (const part of parts) hash.update(typeof part === "string" ? encoder.encode(part) : part);
  return Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bytes behind a URL, relative to the page; rejects where the server does not give them. */
export async function readBytes(path: string): Promise<Uint8Array> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The text behind a URL, in UTF-8. */
export const readText = async (path: string): Promise<string> =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(await readBytes(path));

/** Threads beyond which onnxruntime's wasm gains nothing; its own default. */
const MOST_THREADS = 4;

/** Threads that a session has unless told: half of the logical processors, one where the page is not cross-origin isolated. */
export function usableThreads(): number {
  const { crossOriginIsolated, navigator } = page();
  return crossOriginIsolated ? Math.min(MOST_THREADS, Math.ceil(navigator.hardwareConcurrency / 2)) : 1;
}

/** A page does not know it. */
export const peakMemoryBytes = (): number | undefined => undefined;

/** Lets the page draw and answer; by a message, since timers are slowed down where the page is not seen. */
export const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel() as unknown as Record<"port1" | "port2", PagePort>;
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

/** Sides of whatever can be drawn: the picture's own where it is shown at another size. */
interface Drawable {
  readonly videoWidth?: number;
  readonly videoHeight?: number;
  readonly naturalWidth?: number;
  readonly naturalHeight?: number;
  readonly displayWidth?: number;
  readonly displayHeight?: number;
  readonly width?: number;
  readonly height?: number;
}

/**
 * The pixels of what can be drawn on a canvas now: an ImageBitmap, a canvas, an image, or the frame that a video shows (a webcam's).
 * In RGB; what is transparent lies over white, as in decoded files.
 */
export function drawnImage(source: object, name: string): Image {
  const drawable = source as Drawable;
  const width = drawable.videoWidth ?? drawable.naturalWidth ?? drawable.displayWidth ?? drawable.width ?? 0;
  const height = drawable.videoHeight ?? drawable.naturalHeight ?? drawable.displayHeight ?? drawable.height ?? 0;
  if (!(width >= 1 && height >= 1)) {
    const expected = "something that can be drawn now, such as an ImageBitmap or a video that plays";
    throw errors["image-argument"]({ where: name, expected, received: `${width} x ${height} pixels` });
  }
  const context = new (page().OffscreenCanvas)(width, height).getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.drawImage(source, 0, 0, width, height);
  const { data: rgba } = context.getImageData(0, 0, width, height);
  const data = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < data.length; from += 4, to += 3) {
    data[to] = rgba[from]!;
    data[to + 1] = rgba[from + 1]!;
    data[to + 2] = rgba[from + 2]!;
  }
  return { width, height, order: "rgb", data };
}
