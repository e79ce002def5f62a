import { join } from "node:path";
import { type Axis, type LoadedRecipe, pointName, type RecipePoint, recipePoints, varyRecipe } from "@foveajs/vision";
import { errors } from "../errors.ts";

/** One training of a sweep. */
export interface SweepJob {
  /** Readable, with a hash of its recipe: also the name of its folder. */
  readonly id: string;
  /** Folder of the run. */
  readonly run: string;
  readonly recipe: LoadedRecipe;
  /** Which point of the grid, from 0. */
  readonly point: number;
  readonly seed: number;
}

/** All trainings of a sweep, in an order that depends on the recipe and the grid alone. */
export interface SweepPlan {
  readonly name: string;
  readonly folder: string;
  readonly points: readonly RecipePoint[];
  readonly seeds: readonly number[];
  /** The seeds of a point beside each other. */
  readonly jobs: readonly SweepJob[];
}

export interface SweepGrid {
  readonly axes: readonly Axis[];
  /** Absent: that of the recipe, once. */
  readonly seeds?: readonly number[] | undefined;
  /** Folder of all runs; runs/NAME unless told. */
  readonly folder?: string | undefined;
}

/** Works out every recipe of a grid, so that a wrong value is told before anything runs; `file` is the recipe's, for messages. */
export function planSweep({ text, recipe }: LoadedRecipe, file: string, { axes, seeds, folder }: SweepGrid): SweepPlan {
  const points = recipePoints(axes);
  const sweptSeed = axes.find(({ path }) => path === "seed");
  if (sweptSeed && seeds) throw errors["seed-twice"]({});
  const place = folder ?? join("runs", recipe.name);
  const jobs = points.flatMap((point, index) =>
    (seeds ?? [undefined]).map((seed): SweepJob => {
      const values = seed === undefined ? point : { ...point, seed };
      const varied = varyRecipe(text, values, file);
      const id = pointName(values, varied.sha256);
      return { id, run: join(place, id), recipe: varied, point: index, seed: varied.recipe.seed };
    }),
  );
  return { name: recipe.name, folder: place, points, seeds: seeds ?? [recipe.seed], jobs };
}

/** A part of many: "3/64" is the third of 64. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (!(shard.index >= 1 && shard.index <= shard.count)) throw errors["bad-shard"]({ received: text });
  return shard;
}

/** The jobs of a shard: every `count`-th, so that shards differ by one job at most and none is in two. */
export const jobsOfShard = <Job>(jobs: readonly Job[], { index, count }: Shard): readonly Job[] =>
  jobs.filter((_, place) => place % count === index - 1);

/** Whole numbers with commas between them, each once. */
export function parseSeeds(text: string): readonly number[] {
  const seeds = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (!seeds.every(Number.isSafeInteger) || new Set(seeds).size < seeds.length)
    throw errors["bad-seeds"]({ received: text });
  return seeds;
}
