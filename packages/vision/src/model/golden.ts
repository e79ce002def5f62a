import {
  createSession,
  float32,
  type Graph,
  type Session,
  type SessionOptions,
  sizeOf,
  type Tensor,
} from "@foveajs/graph";
import { createRandom } from "../augment/random.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import type { ModelCard } from "./card.ts";

export type Golden = ModelCard["golden"];

/** Kernels of different processors add in different orders: outputs of a few units differ by this much at most. */
const TOLERANCE = 1e-3;

/** Noise as a model would see it: seeded bytes through its scale, mean and std. Shape [N, C, H, W]. */
export function goldenInput(
  shape: readonly number[],
  { scale, mean, std }: Pick<Preprocessing, "scale" | "mean" | "std">,
): Tensor {
  const random = createRandom("golden", ...shape);
  const plane = sizeOf(shape.slice(2));
  const data = Float32Array.from({ length: sizeOf(shape) }, (_, index) => {
    const channel = Math.floor(index / plane) % shape[1]!;
    return (random.integer(256) * scale - mean[channel]!) / std[channel]!;
  });
  return float32(shape, data);
}

/** Runs the golden input and records what comes out; the same threads give the same bits. The tolerance is that of float32 unless told. */
export async function makeGolden(
  graph: Graph,
  inputShape: readonly number[],
  preprocessing: Preprocessing,
  { tolerance = TOLERANCE, ...options }: SessionOptions & { tolerance?: number } = {},
): Promise<Golden> {
  const session = await createSession(graph, options);
  try {
    const outputs = await runGolden(session, inputShape, preprocessing);
    const recorded = Object.entries(outputs).map(([name, { shape, data }]) => {
      const values = data as Float32Array;
      return [
        name,
        {
          shape: [...shape],
          values: toBase64(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
        },
      ];
    });
    return { input: [...inputShape], outputs: Object.fromEntries(recorded), tolerance };
  } finally {
    await session.dispose();
  }
}

export interface GoldenCheck {
  readonly matches: boolean;
  /** Largest absolute difference from the recorded outputs; infinite where one is absent, of another shape or not a number. */
  readonly largestDifference: number;
  readonly tolerance: number;
}

/** Runs the golden input here and compares. */
export async function checkGolden(
  session: Session,
  { golden, preprocessing }: Pick<ModelCard, "golden" | "preprocessing">,
): Promise<GoldenCheck> {
  const outputs = await runGolden(session, golden.input, preprocessing);
  let largestDifference = 0;
  const differs = { matches: false, largestDifference: Number.POSITIVE_INFINITY, tolerance: golden.tolerance };
  for (const [name, { shape, values }] of Object.entries(golden.outputs)) {
    const received = outputs[name];
    if (received?.shape.join() !== shape.join()) return differs;
    const bytes = fromBase64(values);
    const expected = new Float32Array(bytes.buffer, 0, bytes.length / 4);
    const data = received.data as Float32Array;
    for (let index = 0; index < data.length; index++) {
      const difference = Math.abs(data[index]! - expected[index]!);
      // a NaN must not pass, nor a record that is too short
      if (Number.isNaN(difference)) return differs;
      largestDifference = Math.max(largestDifference, difference);
    }
  }
  return { matches: largestDifference <= golden.tolerance, largestDifference, tolerance: golden.tolerance };
}

async function runGolden(
  session: Session,
  shape: readonly number[],
  preprocessing: Preprocessing,
): Promise<Readonly<Record<string, Tensor>>> {
  return session.run({ image: goldenInput(shape, preprocessing) });
}
