import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { errors } from "../errors.ts";
import type { EpochSums } from "./epoch-sums.ts";
import type { Measures } from "./events.ts";
import { writeWhole } from "./write-whole.ts";

/** All that a training needs to go on as if it had never stopped. */
export interface Checkpoint {
  /** Steps that are done. */
  readonly step: number;
  /** Seconds of training so far. */
  readonly seconds: number;
  /** What the run may not change: hash of the recipe, threads. */
  readonly recipe: string;
  readonly threads: number;
  /** Metrics of the last validation. */
  readonly metrics: Measures;
  /** What the running epoch has summed up; absent where an epoch begins. */
  readonly epoch?: EpochSums;
  readonly state: ReadonlyMap<string, Float32Array>;
}

interface Header extends Omit<Checkpoint, "state"> {
  readonly slots: readonly { readonly name: string; readonly length: number }[];
  /** SHA-256 of the numbers. */
  readonly sha256: string;
}

const MAGIC = "FOVEACK1";
const PREFIX = MAGIC.length + 4;

/**
 * Writes a checkpoint whole or not at all.
 * Format: magic, length of the header (uint32, little-endian), header (JSON), then float32 numbers of all slots.
 */
export async function writeCheckpoint(path: string, { state, ...fields }: Checkpoint): Promise<void> {
  const numbers = [...state.values()].map((data) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  const hash = createHash("sha256");
  for (const part of numbers) hash.update(part);
  const slots = [...state].map(([name, data]) => ({ name, length: data.length }));
  const header = Buffer.from(JSON.stringify({ ...fields, slots, sha256: hash.digest("hex") } satisfies Header));
  const prefix = Buffer.alloc(PREFIX);
  prefix.write(MAGIC, "latin1");
  prefix.writeUInt32LE(header.length, MAGIC.length);
  await writeWhole(path, [prefix, header, ...numbers]);
}

/** The checkpoint at a path, undefined where there is none. */
export async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return undefined;
    throw errors["checkpoint-invalid"]({ path, detail: cause.message }, { cause });
  });
  if (bytes === undefined) return undefined;
  const fail = (detail: string, cause?: unknown) => errors["checkpoint-invalid"]({ path, detail }, { cause });
  if (bytes.length < PREFIX || bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) {
    throw fail("it does not begin as a checkpoint");
  }
  const start = PREFIX + bytes.readUInt32LE(MAGIC.length);
  if (bytes.length < start) throw fail("it was cut short");
  const { slots, sha256, ...fields } = headerOf(bytes.toString("utf8", PREFIX, start), fail);
  const isWhole = createHash("sha256").update(bytes.subarray(start)).digest("hex") === sha256;
  const count = slots.reduce((sum, { length }) => sum + length, 0);
  if (!isWhole || bytes.length - start !== 4 * count) throw fail("its numbers were cut short or changed");
  // a copy begins at a whole number of floats, which the file need not
  const numbers = new Float32Array(Uint8Array.from(bytes.subarray(start)).buffer);
  let offset = 0;
  const state = new Map(
    slots.map(({ name, length }) => {
      offset += length;
      return [name, numbers.slice(offset - length, offset)];
    }),
  );
  return { ...fields, state };
}

function headerOf(text: string, fail: (detail: string, cause?: unknown) => Error): Header {
  try {
    return JSON.parse(text) as Header;
  } catch (cause) {
    throw fail("its header cannot be read", cause);
  }
}
