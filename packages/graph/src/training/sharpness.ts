import type { Value } from "../ir/builder.ts";
import type { Node } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";
import { globalNorm } from "../optimizers/clip.ts";

/** A graph's forward pass once more, at other weights. */
export interface SecondPass {
  /** Name of a value of the first pass in the second; itself where it depends on no weight. */
  readonly nameOf: (name: string) => string;
}

/**
 * Weights moved to where the loss is about highest within `radius`: w + e, e = radius g / (|g| + 1e-12), one norm over all weights.
 * Sharpness-aware minimisation: Foret et al. 2021, arXiv:2010.01412, equation 2; the gradient at w + e then moves w (algorithm 1).
 */
export function climbed(
  build: Build,
  gradients: ReadonlyMap<string, Value>,
  radius: number,
): ReadonlyMap<string, Value> {
  const factor = build.div(radius, build.add(globalNorm(build, [...gradients.values()]), 1e-12));
  return new Map(
    [...gradients].map(([name, gradient]) => [name, build.add(build.value(name), build.mul(gradient, factor))]),
  );
}

/** Appends the nodes of `forward` that depend on weights once more, reading others in their place. Random masks stay the same. */
export function appendSecondPass(
  build: Build,
  forward: readonly Node[],
  weights: ReadonlyMap<string, Value>,
): SecondPass {
  const names = new Map([...weights].map(([name, { name: other }]) => [name, other]));
  const nameOf = (name: string) => names.get(name) ?? name;
  for (const node of forward) {
    if (!node.inputs.some((name) => names.has(name))) continue;
    const outputs = node.outputs.map((name) => (name === "" ? "" : build.uniqueName(`climbed/${name}`)));
    build.append({ ...node, name: build.uniqueName(`climbed/${node.name}`), inputs: node.inputs.map(nameOf), outputs });
    node.outputs.forEach((name, index) => {
      if (name !== "") names.set(name, outputs[index]!);
    });
  }
  return { nameOf };
}
