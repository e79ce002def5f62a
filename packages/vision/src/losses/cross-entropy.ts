import type { Build, Value } from "@foveajs/graph";

/** - sum_c p_c ln q_c of each sample, [N, 1]: q = softmax(logits [N, K]), p = targets [N, K] that sum to 1 (one class, or shares of votes). */
export const crossEntropy = (build: Build, logits: Value, targets: Value): Value =>
  build.neg(build.reduceSum(build.mul(build.logSoftmax(logits, { axis: 1 }), targets), { axes: [1] }));
