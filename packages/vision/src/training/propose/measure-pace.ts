import { createLoader } from "#loader";
import type { Start } from "../../model/start.ts";
import type { DataPlaces } from "../data-places.ts";
import { planOf } from "../plan.ts";
import type { Recipe } from "../recipe.ts";
import { createStepper } from "../stepper.ts";

/** Least steps that are measured. */
const STEPS = 4;
/** Parts of the measured steps whose means are compared, and the least steps of one: loaders hand over a few batches at once. */
const [PARTS, PART_STEPS] = [5, 4];
/** Before, so many steps use up the batches that were made while the graph was compiled, as far as two thirds of the time allow. */
const WARM_STEPS = 4;

export interface PaceOptions {
  readonly threads: number;
  readonly dataFolders: DataPlaces;
  readonly start: Start | undefined;
  readonly samples: number;
  /** Least time that is measured. */
  readonly seconds?: number | undefined;
  readonly signal: AbortSignal;
}

/** Seconds of a training step of a recipe at its last size, loading of its pictures included, measured on its first steps. */
export async function measurePace(
  recipe: Recipe,
  { threads, dataFolders, start, samples, signal, seconds: least = 3 }: PaceOptions,
): Promise<number> {
  const sizes = recipe.training.sizes.slice(-1).map(({ size }) => ({ until: 1, size }));
  const measured = { ...recipe, training: { ...recipe.training, epochs: 1e6, sizes } };
  const plan = planOf(measured, samples);
  const loader = createLoader(measured, plan, { dataFolders, first: 0 });
  try {
    const stepper = await createStepper(measured, { size: plan.sizeAt(0), threads, start });
    try {
      let next = 0;
      const run = async (isEnough: (steps: number, seconds: number) => boolean): Promise<number[]> => {
        const times = [performance.now()];
        while (times.length === 1 || !isEnough(times.length - 1, (times.at(-1)! - times[0]!) / 1000)) {
          signal.throwIfAborted();
          await stepper.step(await loader.batch(next++), 0);
          times.push(performance.now());
        }
        return times.slice(1).map((time, index) => (time - times[index]!) / 1000);
      };
      await run((steps, seconds) => steps >= WARM_STEPS || seconds >= (2 / 3) * least);
      return undisturbedMean(await run((steps, seconds) => steps >= STEPS && seconds >= least));
    } finally {
      await stepper.dispose();
    }
  } finally {
    await loader.dispose();
  }
}

/**
 * Mean of the seconds of steps without a moment in which the machine was busy elsewhere: the median of the means of five parts, where
 * there are steps enough; else of all.
 */
export function undisturbedMean(seconds: readonly number[]): number {
  const meanOf = (part: readonly number[]) => part.reduce((sum, value) => sum + value, 0) / part.length;
  const size = Math.floor(seconds.length / PARTS);
  if (size < PART_STEPS) return meanOf(seconds);
  const means = Array.from({ length: PARTS }, (_, part) => meanOf(seconds.slice(part * size, (part + 1) * size)));
  return means.toSorted((a, b) => a - b)[(PARTS - 1) / 2]!;
}
