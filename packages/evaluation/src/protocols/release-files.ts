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
