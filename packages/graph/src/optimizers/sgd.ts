import type { Optimizer } from "./optimizer.ts";

/** Momentum, and whether it looks ahead. */
export interface SgdOptions {
  /** Share of the last direction that is kept, 0 to 1. */
  readonly momentum?: number;
  readonly nesterov?: boolean;
}

/**
 * Stochastic gradient descent with momentum, weight decay added to the gradient, as torch.optim.SGD:
 * g = dw + decay w; m = momentum m + g; w = w - rate (nesterov ? g + momentum m : m). Sutskever et al. 2013.
 */
export const sgd = ({ momentum = 0.9, nesterov = true }: SgdOptions = {}): Optimizer => ({
  slotNames: ["momentum"],
  update({ build, parameter, gradient, slots, rate, weightDecay }) {
    const g = weightDecay === 0 ? gradient : build.add(gradient, build.mul(parameter, weightDecay));
    const m = build.add(build.mul(slots.momentum!, momentum), g);
    const direction = nesterov ? build.add(g, build.mul(m, momentum)) : m;
    return { parameter: build.sub(parameter, build.mul(direction, rate)), slots: { momentum: m } };
  },
});
