import type { z } from "zod";
import type { Dataset } from "../types.ts";

/** How one kind of folder becomes samples. */
export interface Reader<Options extends z.ZodType = z.ZodType> {
  /** What the folder holds, in a sentence. */
  readonly summary: string;
  /** The table in the folder, and columns that no other reader's table has, by which the folder is known; absent: any folder. */
  readonly knownBy?: { readonly file: string; readonly columns: readonly string[] };
  /** Options that a recipe may set, with their defaults. */
  readonly options: Options;
  readonly read: (folder: string, options: z.output<Options>) => Promise<Dataset>;
}

/** Keeps the type of the options together with the function that receives them. */
export const defineReader = <Options extends z.ZodType>(reader: Reader<Options>): Reader<Options> => reader;
