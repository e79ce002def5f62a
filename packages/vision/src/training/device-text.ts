import type { Recipe } from "./recipe.ts";

/** "cpu, 2 threads", and what the recipe asks for that a CPU does not do; "webgpu" where another device computes the steps. */
export const deviceText = ({ training: { precision } }: Recipe, threads: number, device = "cpu"): string => {
  if (device !== "cpu")
    return `${device}; pictures and validation on the cpu, ${threads} thread${threads === 1 ? "" : "s"}`;
  const note = precision === "mixed" ? "; float32, as a CPU has no faster products in float16" : "";
  return `cpu, ${threads} thread${threads === 1 ? "" : "s"}${note}`;
};
