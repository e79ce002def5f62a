import { errors } from "../errors.ts";

/** The files of a release, by names relative to its folder with "/" between parts: all that reading labels needs. */
export interface ReleaseFiles {
  /** The folder, for messages. */
  readonly name: string;
  /** Text of a file, undefined where there is none. */
  readonly text: (name: string) => Promise<string | undefined>;
  /** Names of all files below the folder, sorted. */
  readonly names: () => Promise<readonly string[]>;
}

/** A release held in memory. */
export const filesInMemory = (texts: Readonly<Record<string, string>>, name = "release"): ReleaseFiles => ({
  name,
  text: async (file) => texts[file],
  names: async () => Object.keys(texts).sort(),
});

/** The error for a folder that has none of the label files that a protocol reads. */
export const noLabels = ({ name }: ReleaseFiles, expected: readonly string[]) =>
  errors["missing-labels"]({ folder: name, expected });

/** Files that are open at once: systems allow a process some hundreds. */
const OPEN_FILES = 64;

/** Reads something of every item, in order and few at a time. */
export async function readEach<Item, Read>(
  items: readonly Item[],
  read: (item: Item) => Promise<Read>,
): Promise<Read[]> {
  const results: Read[] = [];
  for (let start = 0; start < items.length; start += OPEN_FILES) {
    results.push(...(await Promise.all(items.slice(start, start + OPEN_FILES).map(read))));
  }
  return results;
}
