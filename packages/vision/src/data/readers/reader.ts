import type { z } from "zod";
import type { Dataset } from "../types.ts";

/** What a folder is known by: the name of a file or folder in it, and what that holds. */
export interface KnownBy {
  readonly file: string;
  /** Columns of that table that no other reader's table has; absent: it need not be a table. */
  readonly columns?: readonly string[];
  /** A name in that folder; absent: it may hold anything. */
  readonly entry?: RegExp;
}

/** How one kind of folder becomes samples. */
export interface Reader<Options extends z.ZodType = z.ZodType> {
  /** What the folder holds, in a sentence. */
  readonly summary: string;
  /** By what the folder is known; absent: any folder, for whoever names the reader. */
  readonly knownBy?: KnownBy;
  /** Options that a recipe may set, with their defaults. */
  readonly options: Options;
  readonly read: (folder: string, options: z.output<Options>) => Promise<Dataset>;
}

/** Keeps the type of the options together with the function that receives them. */
export const defineReader = <Options extends z.ZodType>(reader: Reader<Options>): Reader<Options> => reader;
