import type { Recipe } from "./recipe.ts";

/** "cpu, 2 threads", and what the recipe asks for that a CPU does not do. */
export const deviceText = ({ training: { precision } }: Recipe, threads: number): string => {
  const note = precision === "mixed" ? "; float32, as a CPU has no faster products in float16" : "";
  return `cpu, ${threads} thread${threads === 1 ? "" : "s"}${note}`;
};
