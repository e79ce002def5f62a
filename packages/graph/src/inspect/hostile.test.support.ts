import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { FoveaError } from "@foveajs/errors";
import { seededRandom } from "../contract.test.support.ts";
import { readOnnx } from "../format/read-onnx.ts";
import { writeOnnx } from "../format/write-onnx.ts";
import { validate } from "../passes/validate.ts";
import { describeGraph } from "./describe.ts";
import { fieldsOf, mutate } from "./mutate.test.support.ts";

const shared = process.env.FOVEA_SHARED ?? fileURLToPath(new URL("../../../../../shared", import.meta.url));
const folder = join(shared, "models");

export const SEED = 20;

/** Files of the shared folder, none where there is none. */
export const hostileFiles: readonly string[] = existsSync(folder)
  ? readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".onnx"))
      .sort()
  : [];

export interface Outcome {
  readonly refused: Readonly<Record<string, number>>;
  readonly sound: number;
  /** Most that one mutation added to the process's peak, beyond what it may. */
  readonly worst: { readonly excess: number; readonly what: string };
}

/** What reading, checking, describing and writing one file may add to the peak of memory, in bytes: copies of the file, and objects. */
const allowance = (fileBytes: number): number => 8 * fileBytes + 24 * 2 ** 20;

/**
 * Mutates the files in turn and reads, checks, describes and writes each result. Whatever is thrown must be a FoveaError with code, message
 * and help; what is accepted must be sound: it validates or says why not, and comes back from writing as it was.
 */
export function attack({ mutations, seed = SEED }: { mutations: number; seed?: number }): Outcome {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const random = seededRandom(seed);
  const refused: Record<string, number> = {};
  let sound = 0;
  let worst = { excess: Number.NEGATIVE_INFINITY, what: "" };
  const perFile = Math.ceil(mutations / hostileFiles.length);
  let done = 0;
  for (const file of hostileFiles) {
    const original = new Uint8Array(readFileSync(join(folder, file)));
    const fields = fieldsOf(original);
    for (let index = 0; index < perFile && done < mutations; index++, done++) {
      const { kind, bytes } = mutate(original, fields, random);
      const what = `seed ${seed}, mutation ${done}: ${kind} in ${file}`;
      if (done % 16 === 0) collect();
      const before = process.resourceUsage().maxRSS;
      const code = outcomeOf(bytes, { what, describe: done % 4 === 0 });
      const excess = (process.resourceUsage().maxRSS - before) * 1024 - allowance(bytes.length);
      if (excess > worst.excess) worst = { excess, what };
      if (code === undefined) sound++;
      else refused[code] = (refused[code] ?? 0) + 1;
    }
  }
  return { refused, sound, worst };
}

/** The code of the error, undefined for a sound graph. */
function outcomeOf(bytes: Uint8Array, { what, describe }: { what: string; describe: boolean }): string | undefined {
  try {
    const graph = readOnnx(bytes);
    validate(graph);
    if (describe) describeGraph(graph);
    const written = writeOnnx(graph);
    assert.deepEqual(writeOnnx(readOnnx(written)), written, what);
    return undefined;
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    assert.ok(error instanceof FoveaError, `${what}: ${error instanceof Error ? error.stack : error}`);
    assert.match(error.code, /^graph\/[a-z-]+$/, what);
    assert.ok(error.message.length > 10 && error.help.length > 10, what);
    assert.notEqual(error.kind, "internal", `${what}: ${error.message}`);
    return error.code;
  }
}

/** The outcome must hold both kinds, several codes, and no file may cost more memory than it explains. */
export function checkOutcome({ refused, sound, worst }: Outcome, mutations: number): void {
  const count = Object.values(refused).reduce((sum, one) => sum + one, 0);
  assert.equal(count + sound, mutations);
  assert.ok(sound > mutations / 20 && count > mutations / 4, JSON.stringify({ sound, refused }));
  assert.ok(worst.excess <= 0, `${worst.what} took ${Math.round(worst.excess / 2 ** 20)} MB more than it may`);
}
