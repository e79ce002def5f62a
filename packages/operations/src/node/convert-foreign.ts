import { createHash } from "node:crypto";
import { basename } from "node:path";
import { createSession, type Graph, readOnnx, sizeOf, type Tensor } from "@foveajs/graph";
import { createRandom, exportForeign } from "@foveajs/vision";
import { errors } from "../errors.ts";
import type { Conversion, Converted } from "../models/conversion.ts";
import { medians, writeModel } from "./converted-file.ts";

/**
 * Converts a file without a card. Nobody knows what its numbers mean, so no accuracy is told: the outputs of both files are compared on
 * noise, and their time is taken, where all of its inputs are float32 and of known sizes but for the batch.
 */
export async function convertForeign(
  { path, output, to, threads, onStage }: Conversion,
  bytes: Uint8Array,
): Promise<Converted> {
  if (to === "int8") throw errors["int8-without-card"]({ path });
  onStage("converting");
  const { bytes: made, note } = exportForeign(bytes, to);
  const inputs = noiseFor(readOnnx(bytes));
  const ran = inputs && (await compared([bytes, made], inputs, { threads }));
  await writeModel(output, made);
  const side = (index: 0 | 1, sizeBytes: number) => ({
    sizeBytes,
    milliseconds: ran?.times[index] ?? null,
    metrics: {},
  });
  return {
    name: basename(path, ".onnx"),
    sha256: createHash("sha256").update(made).digest("hex"),
    note,
    largestDifference: ran?.largestDifference ?? null,
    tolerance: null,
    unmeasured:
      "the file has no card, which would say how pictures go in and what comes out; measure it where it is used",
    input: inputs ? Object.values(inputs)[0]!.shape : [],
    before: side(0, bytes.length),
    after: side(1, made.length),
  };
}

/** Seeded noise of 0 to 1 for each input, a batch of 1; undefined where an input has another type or an unknown extent. */
function noiseFor({ inputs, initializers }: Graph): Readonly<Record<string, Tensor>> | undefined {
  const own = inputs.filter(({ name }) => !initializers.has(name));
  const made = own.map(({ name, dtype, shape }) => {
    const extents = shape?.map((extent, axis) => (typeof extent === "number" ? extent : axis === 0 ? 1 : undefined));
    if (dtype !== "float32" || !extents || extents.some((extent) => extent === undefined)) return undefined;
    const known = extents as number[];
    const random = createRandom("noise", name);
    const data = Float32Array.from({ length: sizeOf(known) }, () => random.uniform(0, 1));
    return [name, { dtype, shape: known, data }] as const;
  });
  if (made.length === 0 || made.includes(undefined)) return undefined;
  return Object.fromEntries(made as (readonly [string, Tensor])[]);
}

/** The largest difference of two files' outputs and the time that each takes. */
async function compared(
  files: readonly [Uint8Array, Uint8Array],
  inputs: Readonly<Record<string, Tensor>>,
  { threads }: { threads: number },
) {
  const sessions = await Promise.all(files.map((bytes) => createSession(bytes, { threads })));
  try {
    const [before, after] = [await sessions[0]!.run(inputs), await sessions[1]!.run(inputs)];
    const differences = Object.entries(before).map(([name, { data }]) => {
      const other = after[name]!.data;
      return Array.from(data as ArrayLike<number | bigint>).reduce(
        (largest: number, value, index) => Math.max(largest, Math.abs(Number(value) - Number(other[index]))),
        0,
      );
    });
    return { largestDifference: Math.max(0, ...differences), times: await medians(sessions, inputs) };
  } finally {
    await Promise.all(sessions.map((session) => session.dispose()));
  }
}
