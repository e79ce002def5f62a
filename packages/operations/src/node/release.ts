import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { PictureReference, ReleaseFiles } from "@foveajs/evaluation";
import { createLoader, type Image } from "@foveajs/vision";
import { errors } from "../errors.ts";
import { fileError } from "../inputs/read-file.ts";

/** The files of a release below a folder; hidden ones are passed over. */
export const releaseFiles = (folder: string): ReleaseFiles => ({
  name: folder,
  async text(name) {
    const path = join(folder, name);
    try {
      return await readFile(path, "utf8");
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw fileError(path, thrown);
      await readdir(folder).catch((cause: unknown) => {
        throw fileError(folder, cause);
      });
      return undefined;
    }
  },
  async names() {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
      throw fileError(folder, cause);
    });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
      .filter((name) => !/(^|\/)\./.test(name))
      .sort();
  },
});

/** Loads the pictures of a release: whole files, tiles of sheets (kept decoded), and pixels of label files. */
export function createPictureLoader(folder: string): (picture: PictureReference) => Promise<Image> {
  const loadTile = createLoader();
  const loadFile = createLoader({ maximumBytes: 0 });
  return async (picture) => {
    if ("pixels" in picture) {
      return { width: picture.width, height: picture.height, order: "gray", data: picture.pixels };
    }
    const { file, tile } = picture;
    // a label file must not lead out of its folder
    if (file.startsWith("/") || file.split(/[/\\]/).includes("..")) throw errors["missing-file"]({ path: file });
    const path = join(folder, file);
    return tile ? loadTile({ image: { file: path, tile } }) : loadFile({ image: { file: path } });
  };
}
