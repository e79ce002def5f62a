import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { encodePng } from "../../image/encode.ts";
import type { BoxesLabel, LabelledBox, Sample } from "../types.ts";

const scratch = await mkdtemp(join(tmpdir(), "fovea-reader-"));
after(() => rm(scratch, { recursive: true }));

/** Makes a folder with these files; it goes when the tests end. */
export async function folderOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(scratch, "set-"));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

/** The bytes of a black PNG of this size. */
export const pngOf = (width: number, height: number): Promise<Uint8Array> =>
  encodePng({ width, height, order: "rgb", data: new Uint8Array(width * height * 3) });

/** The boxes of a sample's task. */
export const boxesOf = ({ labels }: Sample, task = "objects"): readonly LabelledBox[] =>
  (labels[task] as BoxesLabel).boxes;
