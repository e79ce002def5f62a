import assert from "node:assert/strict";
import { test } from "node:test";
import { inTrainingOrder } from "./page-run.ts";
import { inOrderOf } from "./server-run.ts";
import { firstSettings, flipOf, readSettings } from "./settings.ts";

test("settings are taken up as far as they make sense", () => {
  const kept = { name: "x", minutes: 5, mirror: "no", place: "server" };
  assert.deepEqual(readSettings(JSON.stringify(kept)), kept);
  for (const odd of [undefined, "{", "null", "[]", '{"minutes":-1,"mirror":7,"place":"moon","name":null}'])
    assert.deepEqual(readSettings(odd), firstSettings);
  assert.deepEqual((["auto", "yes", "no"] as const).map(flipOf), [undefined, true, false]);
});

test("classes stand as the trainer counts them: whole numbers first in the page, sorted by the reader on the server", () => {
  const classes = ["left ", "9", "10", "0"].map((name) => ({ name, pictures: [{ id: name, name }] }));
  const inPage = inTrainingOrder(classes);
  assert.deepEqual(
    inPage.map(({ name }) => name),
    ["0", "9", "10", "left"],
  );
  assert.deepEqual(
    inPage.map(({ pictures: [picture] }) => picture!.id),
    ["0", "9", "10", "left "],
  );
  const labels = ["0", "10", "9", "left"];
  const task = { kind: "classification" as const, name: "class", labels, temperature: 1 };
  assert.deepEqual(
    inOrderOf({ tasks: [task] }, inPage).map(({ name }) => name),
    labels,
  );
});
