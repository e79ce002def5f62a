import { type AskOptions, askJson } from "../server/ask.ts";

/** Readings that a server does not tell, by its purpose, and what it says about it. */
export interface Withheld {
  readonly names: readonly string[];
  readonly code: string;
  readonly help: string;
}

/** What the server withholds, undefined where it withholds nothing; rejects where it does not say, so that nothing is told by mistake. */
export async function readWithheld(options: AskOptions = {}): Promise<Withheld | undefined> {
  return (await askJson<{ readonly withheld: Withheld | null }>("v1/server", options)).withheld ?? undefined;
}
