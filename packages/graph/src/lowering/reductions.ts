import type { Value } from "../ir/builder.ts";
import type { Build } from "../ops/build.ts";

/** Elements that a first stage adds; sums of partial sums keep more digits than one long sum, and cost no time. */
const STAGES = [64, 32, 16];

/** Elements of a first stage that fill rows of this length; undefined where none does. */
export const stageOf = (pixels: number): number | undefined =>
  STAGES.find((stage) => pixels % stage === 0 && pixels > stage);

/** Sums [batch, C, pixels] over batch and pixels, in two stages where the length allows: [C]. */
export function sumToChannels(build: Build, x: Value): Value {
  const [batch, channels, pixels] = x.shape as [number, number, number];
  const stage = stageOf(pixels);
  if (stage !== undefined) {
    const parts = build.reduceSum(build.reshape(x, [batch * channels, pixels / stage, stage]), {
      axes: [2],
      keepDims: false,
    });
    return overBatch(build, build.reduceSum(parts, { axes: [1], keepDims: false }), batch, channels);
  }
  return overBatch(
    build,
    build.reduceSum(build.reshape(x, [batch * channels, pixels]), { axes: [1], keepDims: false }),
    batch,
    channels,
  );
}

const overBatch = (build: Build, sums: Value, batch: number, channels: number): Value =>
  batch === 1 ? sums : build.reduceSum(build.reshape(sums, [batch, channels]), { axes: [0], keepDims: false });
