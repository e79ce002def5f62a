import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { errors } from "../../errors.ts";
import { createLoader } from "../load.ts";
import type { Sample, Split } from "../types.ts";
import { defineReader } from "./reader.ts";

const pictureName = /\.(jpe?g|png|webp|avif)$/i;
const splits: readonly Split[] = ["train", "valid", "test"];
/** Other names of a part's folder. */
const splitNames: Readonly<Record<string, Split>> = { train: "train", valid: "valid", val: "valid", test: "test" };

/**
 * A folder a class, each with its pictures: CLASS/picture.jpg, or SPLIT/CLASS/picture.jpg with the splits train, valid
 * (or val) and test. Classes are in the order of their names. Each picture is a group of its own.
 */
export const folder = defineReader({
  summary: "a folder for each class, beside each other or inside train, valid and test",
  options: z.strictObject({
    /** The task that the classes are labels of. */
    task: z.string().default("class"),
    licence: z.string().default("unknown"),
    publishable: z.boolean().default(false),
    commercial: z.boolean().default(false),
    /** Who made the set, for the cards of models; never a path. */
    source: z.string().default("the user's own pictures"),
  }),
  async read(root, { task, licence, publishable, commercial, source }) {
    const top = await foldersIn(root);
    const parts = top.filter((name) => name in splitNames);
    const places =
      parts.length > 0
        ? parts.map((name) => ({ at: name, split: splitNames[name]! }))
        : [{ at: "", split: splits[0]! }];
    const found: { name: string; id: string; split: Split }[] = [];
    for (const { at, split } of places) {
      for (const name of await foldersIn(join(root, at))) {
        for (const picture of await namesIn(join(root, at, name))) {
          if (pictureName.test(picture)) found.push({ name, id: [at, name, picture].filter(Boolean).join("/"), split });
        }
      }
    }
    if (found.length === 0) {
      throw errors["data-count"]({ where: root, expected: "pictures in one folder for each class", received: "none" });
    }
    const classes = [...new Set(found.map(({ name }) => name))].sort();
    return {
      name: basename(root),
      samples: found.map(
        ({ name, id, split }): Sample => ({
          id,
          image: { file: join(root, id) },
          labels: { [task]: { kind: "class", index: classes.indexOf(name) } },
          group: id,
          split,
        }),
      ),
      classes: { [task]: classes },
      terms: { licence, publishable, commercial, source },
      load: createLoader({ maximumBytes: 0 }),
    };
  },
});

const entriesIn = async (path: string) =>
  readdir(path, { withFileTypes: true }).catch((cause: unknown) => {
    throw errors["data-missing"]({ path }, { cause });
  });

const foldersIn = async (path: string): Promise<string[]> =>
  (await entriesIn(path))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

const namesIn = async (path: string): Promise<string[]> =>
  (await entriesIn(path))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
