// Expected values by hand from made-run.test.support.ts.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { madeDone, madeEvents, makeRun } from "./made-run.test.support.ts";
import { measureRun } from "./measured-run.ts";
import { readRun } from "./run-record.ts";
import { runReport } from "./run-report.ts";
import { takenText } from "./taken-moment.ts";

const heads = {
  kind: { own: 0.5, refitted: 0.4, epoch: 7 },
  parts: { own: 0.25, refitted: 0.3 },
  numbers: { own: 0.1, refitted: null },
};

test("the report says what was shipped: the moment of each task, both heads, and what it costs", async () => {
  const made = await makeRun([...madeEvents, madeDone]);
  const shippedOf = async () => {
    const { runs } = runReport(await measureRun(await readRun(made.run)), { state: "done" });
    const { sections } = runs.find(({ id }) => id === "moments")!;
    return sections.find((section) => section.kind === "table" && section.title === "What was shipped");
  };
  assert.equal(await shippedOf(), undefined);
  await writeFile(join(made.run, "moments.json"), JSON.stringify({ epoch: 2, seconds: 150, heads }));
  const table = await shippedOf();
  assert.ok(table?.kind === "table");
  assert.match(table.summary, /weights of epoch 2; 1 of 3 heads that were fitted anew were better/);
  assert.match(table.summary, /took 3 min\. .* costs as much to run/);
  assert.deepEqual(
    table.rows.map(({ name, cells }) => [name, ...cells.map(({ text }) => text)]),
    [
      ["kind", "fitted anew, epoch 7 of its fit", "2", "0.5000", "0.4000", "20.0 %"],
      ["parts", "the network's own", "2", "0.2500", "0.3000", "–"],
      ["numbers", "the network's own", "2", "0.1000", "–", "–"],
      ["grade", "the network's own", "2", "–", "–", "–"],
      ["points", "the network's own", "2", "–", "–", "–"],
    ],
  );
  await writeFile(join(made.run, "moments.json"), JSON.stringify({ epoch: 2, heads: {} }));
  const common = await shippedOf();
  assert.ok(common?.kind === "table");
  assert.deepEqual(
    common.columns.map(({ name }) => name),
    ["task", "head", "epoch of the backbone"],
  );
  await made.remove();
});

test("in a sentence, also where no head was fitted and where a run did not tell the time", () => {
  assert.equal(takenText({ epoch: 4, heads: {} }), "The weights of epoch 4; no head was fitted anew.");
  assert.equal(
    takenText({ epoch: 4, seconds: 12.3, heads: {} }),
    "The weights of epoch 4; no head was fitted anew; choosing took 12 s.",
  );
});
