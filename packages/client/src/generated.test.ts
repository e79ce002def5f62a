import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Tensor as LibraryTensor, TrainingEvent } from "@foveajs/operations";
import type { TrainEvent } from "./events/train-event.ts";
import type { Tensor } from "./tensors/tensor.ts";

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

test("the types are those of docs/openapi.json; write them with node packages/client/generate-types.js", () => {
  const printed = execFileSync(process.execPath, [here("../generate-types.js"), "--print"], { encoding: "utf8" });
  assert.equal(readFileSync(here("../src/generated/api.ts"), "utf8"), printed);
});

/** Compiles only where each of two types can stand for the other. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

test("tensors and events of a training are those of the library, as the compiler sees them", () => {
  const tensors: Same<Tensor, LibraryTensor> = true;
  const events: Same<Exclude<TrainEvent, { type: "end" | "report" }>, TrainingEvent> = true;
  assert.ok(tensors && events);
});
