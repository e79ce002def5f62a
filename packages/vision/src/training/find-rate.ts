import { availableParallelism } from "node:os";
import { readStart } from "../model/start.ts";
import { createLoader, loaderThreads } from "./loader.ts";
import { type Plan, planOf } from "./plan.ts";
import { type LoadedRecipe, readRecipe } from "./recipe.ts";
import { withFilesBeside } from "./recipe-files.ts";
import { openSource } from "./sources.ts";
import { createStepper } from "./stepper.ts";
import { type TrainOptions, taughtLabels } from "./train.ts";

/** One step of the ramp. */
export interface RatePoint {
  readonly step: number;
  /** Of the recipe's rates; all groups are multiplied alike. */
  readonly factor: number;
  /** Of the first group. */
  readonly rate: number;
  readonly loss: number;
  /** Mean of the losses so far that forgets older ones, without the pull of its start. */
  readonly smoothed: number;
}

/** How the loss answers to the learning rate. */
export interface RateCurve {
  readonly points: readonly RatePoint[];
  /** Where the loss falls fastest; null where it never falls. */
  readonly suggestion: { readonly factor: number; readonly rate: number } | null;
  /** Whether the ramp was gone through, or the loss rose out of hand before. */
  readonly ended: "ramp" | "diverged";
}

export interface FindRateOptions
  extends Pick<TrainOptions, "recipe" | "threads" | "device" | "signal" | "dataFolders"> {
  readonly steps?: number;
  /** First and last factor of the recipe's rates. */
  readonly factors?: readonly [number, number];
  /** Hears of each step. */
  readonly onStep?: (point: RatePoint) => void;
}

/** Weight of the past in the smoothed loss. */
const MEMORY = 0.9;
/** A smoothed loss of so many times the best one has diverged. */
const DIVERGED = 4;
/** Steps whose smoothed loss is still mostly noise. */
const SETTLING = 10;

/**
 * Trains fresh weights, on the recipe's own batches and step, while every learning rate rises exponentially.
 * Source: Smith, "Cyclical learning rates for training neural networks", WACV 2017, arXiv:1506.01186, section 3.3.
 */
export async function findRate({
  recipe: path,
  threads = availableParallelism(),
  device,
  signal,
  dataFolders,
  steps = 100,
  factors: [first, last] = [1e-4, 100],
  onStep = () => {},
}: FindRateOptions): Promise<RateCurve> {
  const { recipe }: LoadedRecipe = withFilesBeside(await readRecipe(path), path);
  const taught = await taughtLabels(recipe, { folders: dataFolders, threads });
  const source = await openSource(recipe, dataFolders, taught);
  const whole = planOf(recipe, source.samplesPerEpoch);
  const plan: Plan = { ...whole, steps, sizeAt: () => whole.sizeAt(0) };
  const start = recipe.model.from && (await readStart(recipe.model.from, recipe.model));
  const loader = createLoader(recipe, plan, { dataFolders, first: 0, taught, threads: loaderThreads(threads) });
  const stepper = await createStepper(recipe, { size: plan.sizeAt(0), threads, device, start });
  const peak = recipe.training.groups[0]!.rate;
  const points: RatePoint[] = [];
  let [mean, best] = [0, Number.POSITIVE_INFINITY];
  try {
    for (let step = 0; step < steps && !signal.aborted; step++) {
      const factor = first * (last / first) ** (step / Math.max(1, steps - 1));
      const { loss } = await stepper.step(await loader.batch(step), factor);
      mean = MEMORY * mean + (1 - MEMORY) * loss;
      const smoothed = mean / (1 - MEMORY ** (step + 1));
      if (!Number.isFinite(smoothed)) return curveOf(points, "diverged");
      points.push({ step: step + 1, factor, rate: factor * peak, loss, smoothed });
      onStep(points.at(-1)!);
      best = Math.min(best, smoothed);
      if (smoothed > DIVERGED * best) return curveOf(points, "diverged");
    }
    return curveOf(points, "ramp");
  } finally {
    await Promise.all([loader.dispose(), stepper.dispose()]);
  }
}

const curveOf = (points: readonly RatePoint[], ended: RateCurve["ended"]): RateCurve => ({
  points,
  suggestion: steepestDescent(points),
  ended,
});

/** The point before the lowest one at which the smoothed loss falls fastest over the logarithm of the rate. */
export function steepestDescent(
  points: readonly Pick<RatePoint, "factor" | "rate" | "smoothed">[],
): RateCurve["suggestion"] {
  const settled = points.slice(Math.min(SETTLING, Math.floor(points.length / 4)));
  const losses = settled.map(({ smoothed }) => smoothed);
  const lowest = losses.indexOf(Math.min(...losses));
  let steepest: { slope: number; index: number } | undefined;
  for (let index = 1; index < lowest; index++) {
    const [before, after] = [settled[index - 1]!, settled[index + 1]!];
    const slope = (after.smoothed - before.smoothed) / Math.log(after.factor / before.factor);
    if (slope < (steepest?.slope ?? 0)) steepest = { slope, index };
  }
  if (!steepest) return null;
  const { factor, rate } = settled[steepest.index]!;
  return { factor, rate };
}
