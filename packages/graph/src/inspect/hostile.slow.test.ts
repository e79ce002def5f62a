import { test } from "node:test";
import { attack, checkOutcome, hostileFiles, SEED } from "./hostile.test.support.ts";

test(`1,000 mutations of models of other makers are refused in words or sound, in memory that the files explain (seed ${SEED})`, {
  skip: hostileFiles.length === 0 && "no shared models",
}, (t) => {
  const outcome = attack({ mutations: 1000 });
  t.diagnostic(`sound: ${outcome.sound}; refused: ${JSON.stringify(outcome.refused)}`);
  checkOutcome(outcome, 1000);
});
