import { appendFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Ground } from "../config/config.ts";

/** One thing that somebody may have to answer for. */
export type AuditEntry =
  | { readonly event: "start"; readonly purpose: string; readonly grounds: readonly Ground[] }
  | {
      readonly event: "key-created" | "key-revoked";
      readonly key: string;
      readonly scopes: readonly string[];
      /** Over HTTP: the request, and the key that asked; null for the first key, which nobody needs one for. */
      readonly request?: string;
      readonly by?: string | null;
    }
  | {
      readonly event: "granted" | "refused";
      readonly request: string;
      readonly key: string | null;
      readonly route: string;
      readonly purpose: string;
      readonly names: readonly string[];
      readonly ground?: Ground;
    };

export type Audit = (entry: AuditEntry) => Promise<void>;

/**
 * Appends entries to a file, a JSON line each, in the order of writing; nothing here changes or removes one. Several
 * processes may append to one file: a line goes out in one write. A line that cannot be written fails its request.
 */
export function createAudit(path: string, { now }: { now: () => Date }): Audit {
  let isReady = false;
  return async (entry) => {
    if (!isReady) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    isReady = true;
    await appendFile(path, `${JSON.stringify({ time: now().toISOString(), ...entry })}\n`, { mode: 0o600, flag: "a" });
  };
}
