// Expected values by hand, or from the definition, where the contract's golden values do not reach.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cumulativeMatch, meanAveragePrecisionAtK } from "./retrieval.ts";

const badOption = { code: "evaluation/bad-option" };

test("ranks of no meaning are refused", () => {
  for (const k of [0, -1, 1.5, Number.NaN]) {
    assert.throws(() => meanAveragePrecisionAtK({ k }), badOption);
    assert.throws(() => cumulativeMatch({ rank: k }), badOption);
  }
});
