import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { errors } from "../errors.ts";
import { crop } from "../image/crop.ts";
import { decode } from "../image/decode.ts";
import type { Image } from "../image/image.ts";
import { createImageCache } from "./cache.ts";
import { decodeThrough } from "./decoded-files.ts";
import type { Sample } from "./types.ts";

export interface LoaderOptions {
  /** Channels of the loaded pictures. */
  readonly colors?: "rgb" | "gray";
  /** Bound of the decoded files kept in memory, in bytes of pixels; 0 where each file is one sample: who visits them may keep them. */
  readonly maximumBytes?: number;
  /** Where decoded files are kept from run to run; absent: nowhere. Worth its space for PNG and large pictures only. */
  readonly folder?: string;
}

/** Loads the pictures of samples: each file is decoded once and kept, a tile is cut from its sheet. */
export function createLoader({ colors = "rgb", maximumBytes = 256 * 2 ** 20, folder }: LoaderOptions = {}) {
  const cache = createImageCache({ maximumBytes });
  return async ({ image: { file, tile } }: Pick<Sample, "image">): Promise<Image> => {
    const whole = await cache.get(file, async () => {
      const bytes = await readFile(file).catch((cause: unknown) => {
        throw errors["data-missing"]({ path: file }, { cause });
      });
      const decoded = (encoded: Uint8Array) => decode(encoded, { colors, name: file });
      return folder === undefined ? decoded(bytes) : decodeThrough(join(folder, colors), bytes, decoded);
    });
    if (tile === undefined) return whole;
    if (tile.x + tile.width > whole.width || tile.y + tile.height > whole.height) {
      throw errors["data-count"]({
        where: `${file}, tile at ${tile.x}, ${tile.y}`,
        expected: `a sheet of at least ${tile.x + tile.width}x${tile.y + tile.height} pixels`,
        received: `${whole.width}x${whole.height}`,
      });
    }
    return crop(whole, tile);
  };
}
