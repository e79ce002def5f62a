import assert from "node:assert/strict";
import { test } from "node:test";
import type { RateCurve } from "@foveajs/vision";
import type { Parts } from "../context.ts";
import { runOperation } from "../operation.ts";
import { fakeContext } from "./fake-context.test.support.ts";
import { train } from "./train.ts";

const curve: RateCurve = {
  points: [{ step: 1, factor: 0.5, rate: 0.01, loss: 0.7, smoothed: 0.7 }],
  suggestion: { factor: 0.5, rate: 0.01 },
  ended: "diverged",
};

const run = async (input: object, parts: Partial<Parts>) => {
  const results: unknown[] = [];
  for await (const result of runOperation(train, input, fakeContext({ parts }))) results.push(result);
  return results;
};

test("train --find-rate trains nothing and tells the curve, the suggestion and its source", async () => {
  let asked: Parameters<Parts["findRate"]>[0] | undefined;
  const findRate: Parts["findRate"] = (options) => {
    asked = options;
    return Promise.resolve(curve);
  };
  const train = () => {
    throw new Error("trained");
  };
  const [result, ...rest] = await run({ recipe: "r.yaml", findRate: true, data: "d", threads: 1 }, { findRate, train });
  assert.deepEqual(rest, []);
  const { source, ...told } = result as { source: string };
  assert.deepEqual(told, { type: "rates", ...curve });
  assert.match(source, /Smith.*1506\.01186/);
  assert.deepEqual([asked!.recipe, asked!.dataFolders, asked!.threads], ["r.yaml", ["d"], 1]);
});

test("it goes with a recipe, and not with several seeds", async () => {
  for (const wrong of [
    { images: "pictures", findRate: true },
    { recipe: "r.yaml", findRate: true, seeds: "0,1" },
  ])
    await assert.rejects(run(wrong, {}), { code: "operations/bad-input" });
});
