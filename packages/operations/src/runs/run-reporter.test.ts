import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeRun, sampleIds } from "./made-run.test.support.ts";
import { createRunReporter, type ReporterOptions } from "./run-reporter.ts";

let made: Awaited<ReturnType<typeof makeRun>>;
before(async () => {
  made = await makeRun();
});
after(() => made.remove());

const image = { width: 176, height: 88, order: "gray", data: new Uint8Array(176 * 88) } as const;
/** Parts with a picture for all samples but the last; `loaded` names those that were asked for. */
function fakeParts(loaded: string[] = []): ReporterOptions["parts"] {
  return {
    validationPictures: async () => async (id) => {
      loaded.push(id);
      if (id === sampleIds.at(-1)) throw new Error("cut short");
      return image;
    },
    encodeImage: async ({ width, height }) => new TextEncoder().encode(`${width} x ${height}`),
  };
}
const base64 = (text: string) => btoa(text);

test("one page with its pictures; what was shown before is not read again", async () => {
  const loaded: string[] = [];
  const reporter = createRunReporter({ parts: fakeParts(loaded) });
  const written = await reporter.write(made.run, { detail: "whole", now: Date.now() });
  assert.equal(written.path, join(made.run, "report.html"));
  assert.deepEqual([written.recipe, written.state, written.epoch], ["made", "running", 3]);
  const page = await readFile(written.path, "utf8");
  assert.equal(Buffer.byteLength(page), written.bytes);
  assert.doesNotMatch(page, /NaN|undefined|\[object|https?:/);
  assert.ok(page.includes(base64("112 x 56")) && page.includes(base64("176 x 88")));
  assert.match(page, /picture not at hand/);
  const before = loaded.length;
  await reporter.write(made.run, { detail: "whole", now: Date.now() });
  // but for the one that could not be read
  assert.ok(loaded.slice(before).every((id) => id === sampleIds.at(-1)));
  assert.equal(await readFile(written.path, "utf8"), page);
});

test("a quick page has no pictures behind the cells of its matrices", async () => {
  const pageOf = async (detail: "quick" | "whole") => {
    const { path } = await createRunReporter({ parts: fakeParts() }).write(made.run, { detail, now: 0 });
    return readFile(path, "utf8");
  };
  assert.match(await pageOf("whole"), /popovertarget/);
  const quick = await pageOf("quick");
  assert.doesNotMatch(quick, /popovertarget="/);
  assert.match(quick, /Confusion matrix/);
});

test("without its data the page is whole, and says why it has no pictures", async () => {
  const parts = { ...fakeParts(), validationPictures: () => Promise.reject(new Error("the disk is gone")) };
  const path = join(made.folder, "other.html");
  const written = await createRunReporter({ parts }).write(made.run, { detail: "whole", now: Date.now(), path });
  assert.deepEqual([written.pictures, written.reason], [0, "the disk is gone"]);
  const page = await readFile(path, "utf8");
  assert.match(page, /Pictures are not at hand: the disk is gone/);
  assert.match(page, /Confusion matrix/);
});

test("a place that cannot be written to is told", async () => {
  const path = join(made.folder, "nowhere", "report.html");
  await assert.rejects(createRunReporter({ parts: fakeParts() }).write(made.run, { detail: "quick", now: 0, path }), {
    code: "operations/report-failed",
  });
});
