import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { holdOut, splitByGroup } from "./split.ts";
import type { Sample } from "./types.ts";

const sampleOf = (id: string, group: string): Sample => ({
  id,
  group,
  image: { file: id },
  labels: {},
  split: "train",
});
const arbitrarySamples = fc
  .array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 200 })
  .map((groups) => groups.map((group, i) => sampleOf(`s${i}`, `g${group}`)));

test("no group crosses parts, shares hold up to one group, order does not matter", () => {
  fc.assert(
    fc.property(arbitrarySamples, fc.integer(), (samples, seed) => {
      const fractions = { train: 0.7, valid: 0.2, test: 0.1 };
      const split = splitByGroup(samples, { fractions, seed });
      const parts = new Map<string, Set<string>>();
      for (const { group, split: part } of split) parts.set(group, (parts.get(group) ?? new Set()).add(part));
      for (const [group, found] of parts) assert.equal(found.size, 1, group);
      const largest = Math.max(
        ...[...parts.keys()].map((group) => samples.filter((one) => one.group === group).length),
      );
      for (const [part, fraction] of Object.entries(fractions)) {
        const size = split.filter((one) => one.split === part).length;
        assert.ok(size <= fraction * samples.length + largest, `${part}: ${size} of ${samples.length}`);
      }
      const reversed = splitByGroup([...samples].reverse(), { fractions, seed }).reverse();
      assert.deepEqual(reversed, split);
    }),
  );
});

test("shares of many small groups are close, and another seed deals otherwise", () => {
  const samples = Array.from({ length: 1000 }, (_, i) => sampleOf(`${i}`, `g${i >> 1}`));
  const split = (seed: number) => splitByGroup(samples, { fractions: { train: 0.9, valid: 0.1 }, seed });
  assert.equal(split(1).filter((one) => one.split === "valid").length, 100);
  assert.notDeepEqual(split(1), split(2));
});

test("fractions that do not sum to 1 are refused", () => {
  assert.throws(() => splitByGroup([], { fractions: { train: 0.8, valid: 0.1 }, seed: 0 }), {
    code: "vision/data-split",
  });
});

test("holdOut keeps a fold and a share of the rest by stratum, and no more", () => {
  const folds = Array.from({ length: 60 }, (_, i) => sampleOf(`f${i}`, `fold${i % 3}`));
  const singles = Array.from({ length: 40 }, (_, i) => sampleOf(`${i % 4 ? "a" : "b"}${i}`, `one${i}`));
  const options = { groups: ["fold1"], fraction: 0.1, seed: 5, stratum: ({ id }: Sample) => id[0]! };
  const valid = holdOut([...folds, ...singles], options).filter(({ split }) => split === "valid");
  assert.equal(valid.filter(({ group }) => group === "fold1").length, 20);
  assert.deepEqual(
    valid
      .filter(({ group }) => group !== "fold1")
      .map(({ id }) => id[0])
      .sort(),
    ["a", "a", "a", "b"],
  );
  assert.throws(() => holdOut(singles, options), { code: "vision/data-split", message: /fold1/ });
});
