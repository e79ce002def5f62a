import { numbersOf } from "../ir/tensors.ts";
import { type GradientRule, unsupported } from "./rule.ts";

/**
 * y = x, or in training y = x mask / (1 - ratio): dx = dy mask / (1 - ratio). The mask must be an output: where x is 0, y does not tell
 * what was dropped.
 */
export const dropout: GradientRule = ({ build, node, inputs: [, ratio, mode], outputs: [, mask], dy }) => {
  if (!mode) return [dy];
  const training = build.constantOf(mode);
  if (!training) throw unsupported(node, "a training_mode that is computed");
  if (numbersOf(training)[0] === 0) return [dy];
  if (!mask) throw unsupported(node, "random elements without the mask as an output");
  const kept = ratio ? build.sub(1, ratio) : build.scalar(0.5);
  return [build.div(build.mul(dy, build.cast(mask, "float32")), kept)];
};
