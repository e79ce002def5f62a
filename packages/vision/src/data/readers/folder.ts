import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { errors } from "../../errors.ts";
import { createLoader } from "../load.ts";
import type { Sample, Split } from "../types.ts";
import { pictureName, splitOfFolder } from "./picture-files.ts";
import { defineReader } from "./reader.ts";
import { termsOptions } from "./terms-options.ts";

/**
 * A folder a class, each with its pictures: CLASS/picture.jpg, or SPLIT/CLASS/picture.jpg with the splits train, valid
 * (or val) and test. Classes are in the order of their names. Each picture is a group of its own.
 */
export const folder = defineReader({
  summary: "a folder for each class, beside each other or inside train, valid and test",
  options: z.strictObject({
    /** The task that the classes are labels of. */
    task: z.string().default("class"),
    ...termsOptions,
  }),
  async read(root, { task, ...terms }) {
    const parts = (await foldersIn(root)).flatMap((at) => {
      const split = splitOfFolder(at);
      return split === undefined ? [] : [{ at, split }];
    });
    const places = parts.length > 0 ? parts : [{ at: "", split: "train" as const }];
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
      terms,
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
