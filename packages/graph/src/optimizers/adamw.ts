import { decayed, type Optimizer } from "./optimizer.ts";

/** Decays of both moments, and what keeps a division from 0. */
export interface AdamWOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/**
 * m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w = w (1 - rate decay) - rate m' / (sqrt(v') + epsilon),
 * m' = m / (1 - b1^t), v' = v / (1 - b2^t). Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2.
 */
export const adamW = ({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamWOptions = {}): Optimizer => ({
  slotNames: ["first_moment", "second_moment"],
  update(context) {
    const { build, gradient, slots, rate, step } = context;
    const first = build.add(build.mul(slots.first_moment!, beta1), build.mul(gradient, 1 - beta1));
    const second = build.add(
      build.mul(slots.second_moment!, beta2),
      build.mul(build.mul(gradient, gradient), 1 - beta2),
    );
    const correction1 = build.sub(1, build.pow(build.scalar(beta1), step));
    const correction2 = build.sub(1, build.pow(build.scalar(beta2), step));
    const deviation = build.add(build.sqrt(build.div(second, correction2)), epsilon);
    const change = build.mul(build.div(first, deviation), build.div(rate, correction1));
    return { parameter: build.sub(decayed(context), change), slots: { first_moment: first, second_moment: second } };
  },
});
