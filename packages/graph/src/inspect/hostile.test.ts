import { test } from "node:test";
import { attack, checkOutcome, hostileFiles, SEED } from "./hostile.test.support.ts";

test(`120 of the 1,000 mutations of models of other makers are refused in words or sound (seed ${SEED})`, {
  skip: hostileFiles.length === 0 && "no shared models",
}, () => {
  checkOutcome(attack({ mutations: 120 }), 120);
});
