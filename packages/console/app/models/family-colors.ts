import type { BlockFamily } from "@foveajs/graph";

/** Colours of what blocks do, by the steps of the scale of classes; ends of the model are ink. */
export const familyColors: Readonly<Record<BlockFamily, string>> = {
  input: "var(--ink)",
  output: "var(--ink)",
  convolution: "var(--class-1)",
  product: "var(--class-2)",
  pool: "var(--class-3)",
  join: "var(--class-4)",
  shape: "var(--class-5)",
  elementwise: "var(--class-6)",
  other: "var(--class-7)",
};

/** Families that have a colour, in the order of the key. */
export const drawnFamilies = ["convolution", "product", "pool", "join", "shape", "elementwise", "other"] as const;
