import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createSession,
  elementsOf,
  type Plain,
  readFixture,
  relativeError,
  tensorOf,
} from "../contract.test.support.ts";
import { float32 } from "../ir/tensors.ts";
import { createBuilder } from "../ops/build.ts";
import { adamW } from "./adamw.ts";
import { clipByGlobalNorm, globalNorm } from "./clip.ts";
import { muon } from "./muon.ts";
import type { Optimizer } from "./optimizer.ts";
import { warmupConstant, warmupCosine } from "./schedules.ts";
import { sgd } from "./sgd.ts";
import { optimizers } from "./table.ts";

/** torch.optim in double precision, and Muon written out: fixtures/make_gradients.py. */
interface Run {
  readonly label: string;
  readonly optimizer: keyof typeof optimizers;
  readonly options: Readonly<Record<string, number | boolean>> & { readonly weightDecay: number };
  readonly rates: readonly number[];
  readonly parameters: readonly Plain[];
  /** By step, by parameter. */
  readonly gradients: readonly (readonly Plain[])[];
  /** Parameters after all steps. */
  readonly expected: readonly Plain[];
}

interface Clipping {
  readonly limit: number;
  readonly gradients: readonly Plain[];
  readonly norm: number;
  readonly clipped: readonly Plain[];
}

const fixture = readFixture("optimizers.json") as {
  readonly runs: readonly Run[];
  readonly clipping: readonly Clipping[];
};

/**
 * Five steps in float32. AdamW divides by 1 - beta2^t, of which single precision keeps five digits at first (1 - 0.999); Muon's iterations
 * triple a rounding error each, and its polynomial is steep.
 */
const tolerances: Readonly<Record<keyof typeof optimizers, number>> = { sgd: 2e-6, adamw: 2e-5, muon: 2e-5 };

function makeOptimizer({ optimizer, options }: Run): Optimizer {
  const { weightDecay: _, ...rest } = options;
  return optimizers[optimizer](rest);
}

for (const run of fixture.runs) {
  test(`${run.optimizer} (${run.label}) equals its reference over ${run.rates.length} steps`, async () => {
    const optimizer = makeOptimizer(run);
    const build = createBuilder();
    const [rate, step] = [build.input("rate", [1]), build.input("step", [1])];
    const state: Record<string, ReturnType<typeof tensorOf>> = {};
    run.parameters.forEach((plain, index) => {
      state[`parameter ${index}`] = tensorOf(plain);
      for (const slot of optimizer.slotNames) state[`${slot} ${index}`] = float32(plain.shape);
      const input = (name: string) => build.input(`${name} ${index}`, plain.shape);
      const slots = Object.fromEntries(optimizer.slotNames.map((slot) => [slot, input(slot)]));
      const update = optimizer.update({
        build,
        parameter: input("parameter"),
        gradient: input("gradient"),
        slots,
        rate,
        step,
        weightDecay: run.options.weightDecay,
      });
      build.output(update.parameter, `next parameter ${index}`);
      assert.deepEqual(Object.keys(update.slots).sort(), [...optimizer.slotNames].sort());
      for (const [slot, value] of Object.entries(update.slots)) build.output(value, `next ${slot} ${index}`);
    });
    const session = await createSession(build.build());
    for (const [done, value] of run.rates.entries()) {
      const gradients = Object.fromEntries(
        run.gradients[done]!.map((plain, index) => [`gradient ${index}`, tensorOf(plain)]),
      );
      const next = await session.run({
        ...state,
        ...gradients,
        rate: float32([1], [value]),
        step: float32([1], [done + 1]),
      });
      for (const name of Object.keys(state)) state[name] = next[`next ${name}`]!;
    }
    await session.dispose();
    run.expected.forEach(({ shape, data }, index) => {
      const received = state[`parameter ${index}`]!;
      assert.deepEqual(received.shape, shape);
      const error = relativeError(elementsOf(received), data);
      assert.ok(error <= tolerances[run.optimizer], `parameter ${index} is off by ${error}`);
    });
  });
}

test("every optimizer of the table has a run", () => {
  assert.deepEqual([...new Set(fixture.runs.map(({ optimizer }) => optimizer))].sort(), Object.keys(optimizers).sort());
});

test("defaults are those of the sources that the rules name", () => {
  assert.deepEqual(sgd().slotNames, ["momentum"]);
  assert.deepEqual(adamW().slotNames, ["first_moment", "second_moment"]);
  assert.deepEqual(muon().slotNames, ["momentum"]);
});

test("gradients are clipped by their global norm as torch.nn.utils.clip_grad_norm_ does", async () => {
  for (const { limit, gradients, norm, clipped } of fixture.clipping) {
    const build = createBuilder();
    const values = gradients.map(({ shape }, index) => build.input(`g${index}`, shape));
    const total = build.output(globalNorm(build, values), "norm");
    clipByGlobalNorm(build, values, total, limit).forEach((value, index) => {
      build.output(value, `clipped${index}`);
    });
    const session = await createSession(build.build());
    const results = await session.run(
      Object.fromEntries(gradients.map((plain, index) => [`g${index}`, tensorOf(plain)])),
    );
    await session.dispose();
    assert.deepEqual(results.norm!.shape, [1]);
    assert.ok(relativeError(elementsOf(results.norm!), [norm]) < 1e-6);
    clipped.forEach(({ data }, index) => {
      assert.ok(
        relativeError(elementsOf(results[`clipped${index}`]!), data) < 1e-6,
        `limit ${limit}, gradient ${index}`,
      );
    });
  }
});

const close = (received: number, expected: number) =>
  assert.ok(Math.abs(received - expected) < 1e-12, `${received}, expected ${expected}`);

test("the cosine schedule has its closed form at the start, the end of the rise, the middle and the end", () => {
  const schedule = warmupCosine({ warmup: 0.25, start: 0.02, end: 0.001 });
  close(schedule(0), 0.02);
  close(schedule(0.125), 0.51);
  close(schedule(0.25), 1);
  close(schedule(0.625), 0.5005); // half of the cosine: end + (1 - end) / 2
  close(schedule(0.5), 0.001 + 0.999 * 0.75); // a third: (1 + cos 60 degrees) / 2
  close(schedule(1), 0.001);
  close(schedule(1.5), 0.001);
});

test("schedules without a rise start at the peak; one that only rises ends at it", () => {
  close(warmupCosine({ warmup: 0 })(0), 1);
  close(warmupCosine({ warmup: 1, start: 0 })(0.5), 0.5);
  close(warmupConstant()(0), 1);
  close(warmupConstant({ warmup: 0.5, start: 0.2 })(0.25), 0.6);
  close(warmupConstant({ warmup: 0.5, start: 0.2 })(0.9), 1);
  for (const schedule of [warmupCosine(), warmupConstant({ warmup: 0.1 })]) {
    for (let progress = 0; progress <= 1; progress += 0.01)
      assert.ok(schedule(progress) > 0 && schedule(progress) <= 1);
  }
});

test("a rise is continuous where the cosine begins", () => {
  const schedule = warmupCosine({ warmup: 0.3 });
  assert.ok(Math.abs(schedule(0.3 - 1e-9) - schedule(0.3 + 1e-9)) < 1e-6);
});

test("Muon makes a direction with singular values near 1, whatever the gradient's size", async () => {
  const build = createBuilder();
  const zero = build.constant(float32([2, 3]));
  const context = {
    build,
    parameter: zero,
    slots: { momentum: zero },
    rate: build.constant(float32([1], [1])),
    step: build.constant(float32([1], [1])),
    weightDecay: 0,
  };
  const update = muon().update({ ...context, gradient: build.input("g", [2, 3]) });
  build.output(update.parameter, "w");
  const session = await createSession(build.build());
  for (const size of [1e-4, 1, 1e4]) {
    const { w } = await session.run({ g: float32([2, 3], [size, 0, 0, 0, 0.7 * size, 0]) });
    const [a, , , , d] = [...elementsOf(w!)].map(Math.abs);
    // the quintic leaves singular values between 0.7 and 1.2 (Jordan et al. 2024)
    for (const singular of [a!, d!]) assert.ok(singular > 0.65 && singular < 1.25, `size ${size}: ${singular}`);
  }
  await session.dispose();
});
