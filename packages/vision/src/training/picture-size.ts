import type { Preprocessing } from "../image/preprocess.ts";
import type { InputSize } from "../tasks/task.ts";

/** Size of a training picture whose longer side is `side`, in the proportions of what the model sees. */
export function sizeOfSide(side: number, { crop, ...whole }: Preprocessing): InputSize {
  const { width, height } = crop ?? whole;
  const longer = Math.max(width, height);
  return { width: Math.round((side * width) / longer), height: Math.round((side * height) / longer) };
}
