import type { ValuesLabel } from "../data/types.ts";
import type { TargetTensor } from "./task.ts";

/** Targets of tasks whose labels are several numbers of which some may be unknown: the numbers, and a weight for each. */
export const valueTargets = (name: string, count: number): readonly TargetTensor[] => [
  { name: `${name}/target`, shape: [count] },
  { name: `${name}/weight`, shape: [count] },
];

/** What is unknown has weight 0 and reads 0, so that no NaN enters the graph. */
export function encodeValues(label: ValuesLabel | undefined, count: number): readonly Float32Array[] {
  const [target, weight] = [new Float32Array(count), new Float32Array(count)];
  label?.values.forEach((value, index) => {
    if (Number.isNaN(value)) return;
    target[index] = value;
    weight[index] = 1;
  });
  return [target, weight];
}
