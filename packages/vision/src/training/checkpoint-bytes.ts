import { sha256 as hashOf } from "#host";
import { errors } from "../errors.ts";
import type { Course } from "./course.ts";
import type { EpochSums } from "./epoch-sums.ts";
import type { Measures } from "./events.ts";

/** All that a training needs to go on as if it had never stopped. */
export interface Checkpoint {
  /** Steps that are done. */
  readonly step: number;
  /** Seconds of training so far. */
  readonly seconds: number;
  /** What the run may not change: hash of the recipe, threads, device. */
  readonly recipe: string;
  readonly threads: number;
  /** What computed the steps; absent: the CPU. */
  readonly device?: string;
  /** Metrics of the last validation. */
  readonly metrics: Measures;
  /** What the running epoch has summed up; absent where an epoch begins. */
  readonly epoch?: EpochSums;
  /** Validation losses so far, where the recipe goes by them. */
  readonly course?: Course;
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
 * A checkpoint as the parts of a file.
 * Format: magic, length of the header (uint32, little-endian), header (JSON), then float32 numbers of all slots.
 */
export function encodeCheckpoint({ state, ...fields }: Checkpoint): readonly Uint8Array[] {
  const numbers = [...state.values()].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  const slots = [...state].map(([name, data]) => ({ name, length: data.length }));
  const header = new TextEncoder().encode(
    JSON.stringify({ ...fields, slots, sha256: hashOf(...numbers) } satisfies Header),
  );
  const prefix = new Uint8Array(PREFIX);
  prefix.set(new TextEncoder().encode(MAGIC));
  new DataView(prefix.buffer).setUint32(MAGIC.length, header.length, true);
  return [prefix, header, ...numbers];
}

/** The checkpoint in the bytes of a file; `path` is for messages. */
export function decodeCheckpoint(bytes: Uint8Array, path: string): Checkpoint {
  const fail = (detail: string, cause?: unknown) => errors["checkpoint-invalid"]({ path, detail }, { cause });
  if (bytes.length < PREFIX || String.fromCharCode(...bytes.subarray(0, MAGIC.length)) !== MAGIC) {
    throw fail("it does not begin as a checkpoint");
  }
  const start = PREFIX + new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true);
  if (bytes.length < start) throw fail("it was cut short");
  const { slots, sha256, ...fields } = headerOf(new TextDecoder().decode(bytes.subarray(PREFIX, start)), fail);
  const isWhole = hashOf(bytes.subarray(start)) === sha256;
  const count = slots.reduce((sum, { length }) => sum + length, 0);
  if (!isWhole || bytes.length - start !== 4 * count) throw fail("its numbers were cut short or changed");
  // a copy begins at a whole number of floats, which the file need not
  const numbers = new Float32Array(new Uint8Array(bytes.subarray(start)).buffer);
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
