import assert from "node:assert/strict";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readModelCard } from "../model/load.ts";
import type { TrainingEvent } from "./events.ts";
import type { OwnRequest } from "./propose/own-data.ts";
import { drawShapes, eventsOf, makePlace, measurers, type Place } from "./tiny-run.test.support.ts";
import { trainOwn } from "./train-own.ts";

let place: Place;
before(async () => {
  place = await makePlace();
  await drawShapes(place.folder, { train: 40, valid: 8 });
});
after(() => place.remove());

async function own(
  request: Partial<OwnRequest>,
  run: string,
  {
    start = "auto",
    stop = new AbortController(),
  }: { start?: "auto" | "resume" | "fresh"; stop?: AbortController } = {},
) {
  const events: TrainingEvent[] = [];
  for await (const event of trainOwn({
    request: { layout: "images", path: join(place.folder, "shapes"), minutes: 0.15, ...request },
    run: join(place.folder, run),
    start,
    threads: 1,
    signal: stop.signal,
    dataFolders: [],
    measurers,
    paceSeconds: 0.2,
  })) {
    events.push(event);
  }
  return events;
}

const of = <Type extends TrainingEvent["type"]>(events: readonly TrainingEvent[], type: Type) =>
  events.find((event): event is Extract<TrainingEvent, { type: Type }> => event.type === type)!;

test("a folder a class is trained on by a proposed recipe, which the trainer repeats bit for bit", async () => {
  const broken = join(place.folder, "shapes", "train", "bars", "broken.png");
  await writeFile(broken, (await readFile(join(place.folder, "shapes", "train", "bars", "0.png"))).subarray(0, 60));
  const events = await own({}, "own");
  const proposal = of(events, "proposal");
  assert.equal(events[0], proposal);
  assert.deepEqual(
    proposal.skipped.map(({ picture }) => picture),
    ["train/bars/broken.png"],
  );
  const notes = new Map(proposal.notes.map(({ what, value }) => [what, value]));
  assert.equal(notes.get("task class"), "2 classes");
  assert.equal(notes.get("validation"), "16 pictures");
  assert.equal(notes.get("mirror images"), "none");
  assert.match(notes.get("input")!, /gray$/);
  const { samples } = of(events, "start");
  assert.deepEqual(samples, { train: 80, valid: 16 });
  const done = of(events, "done");
  const { sha256 } = done;
  assert.ok(done.seconds < 40, `${done.seconds} s`);
  const card = readModelCard(await readFile(done.model), "shapes");
  assert.ok(!JSON.stringify(card).includes(place.folder), "the card names no folder of this machine");
  const again = await eventsOf(place.options(proposal.recipe, "again", { dataFolders: [] }));
  assert.equal(of(again, "done").sha256, sha256);
  await rm(broken);
  // a run that has ended is kept; another command in its folder is refused
  await assert.rejects(own({}, "own"), { code: "vision/run-finished" });
  await assert.rejects(own({ flip: true }, "own"), { code: "vision/run-changed", message: /command/ });
});

test("a stopped run goes on with the recipe that it has, without another look", async () => {
  const stop = new AbortController();
  const path = join(place.folder, "shapes");
  const request = { minutes: 0.2, name: "stopped" };
  const stopped = (async () => {
    const events = trainOwn({
      request: { layout: "images", path, ...request },
      run: join(place.folder, "stopped"),
      start: "auto",
      threads: 1,
      signal: stop.signal,
      dataFolders: [],
      measurers,
      paceSeconds: 0.2,
    });
    for await (const { type } of events) if (type === "step") stop.abort();
  })();
  await assert.rejects(stopped, { code: "vision/training-stopped" });
  const text = await readFile(join(place.folder, "stopped", "recipe.yaml"), "utf8");
  const events = await own(request, "stopped");
  assert.equal(events[0]!.type, "start");
  assert.ok(of(events, "start").step > 0 && of(events, "done").model.endsWith("stopped.onnx"));
  assert.equal(await readFile(join(place.folder, "stopped", "recipe.yaml"), "utf8"), text);
});

test("columns of a table become tasks of one model: classes, labels at once and numbers; empty cells are missing", async () => {
  const folder = join(place.folder, "shapes");
  const rows = ["bars", "discs"].flatMap((kind, k) =>
    Array.from({ length: 20 }, (_, i) =>
      [`train/${kind}/${i}.png`, i < 2 ? "" : kind, k, i % 2, k === 0 ? 10.5 : "20.25", `set ${i % 10}`].join(),
    ),
  );
  const table = join(folder, "index.csv");
  await writeFile(table, `picture,kind,round,odd,size,series\n${rows.join("\n")}\n`);
  const tasks = ["kind", "marks=round,odd:multilabel", "size=size:regression"];
  const events = await own({ layout: "csv", path: table, tasks, groupBy: "series", minutes: 0.15 }, "table");
  const card = readModelCard(await readFile(of(events, "done").model), "table");
  assert.deepEqual(
    card.tasks.map(({ kind, name }) => `${name}: ${kind}`),
    ["kind: classification", "marks: multilabel", "size: regression"],
  );
  const size = card.tasks[2]!;
  // by hand: half 10.5, half 20.25
  assert.ok(
    size.kind === "regression" &&
      Math.abs(size.centres![0]! - 15.375) < 1.5 &&
      Math.abs(size.scales![0]! - 4.875) < 0.5,
  );
  const { samples } = of(events, "start");
  // 8 of ten series of four pictures
  assert.deepEqual(samples, { train: 32, valid: 8 });
});

test("boxes of a COCO file are trained on, the folder of its pictures found beside it", async () => {
  const folder = join(place.folder, "boxed");
  await mkdir(join(folder, "images"), { recursive: true });
  await mkdir(join(folder, "annotations"));
  const images: object[] = [];
  for (let id = 0; id < 20; id++) {
    await cp(join(place.folder, "shapes", "train", "discs", `${id}.png`), join(folder, "images", `${id}.png`));
    images.push({ id, file_name: `${id}.png`, width: 16, height: 16 });
  }
  const annotations = images.map((_, id) => ({ id, image_id: id, category_id: 1, bbox: [4, 4, 8, 8], iscrowd: 0 }));
  const path = join(folder, "annotations", "instances_mine.json");
  await writeFile(path, JSON.stringify({ images, annotations, categories: [{ id: 1, name: "disc" }] }));
  const { model } = of(await own({ name: "plain" }, "plain"), "done");
  await assert.rejects(own({ layout: "coco", path, from: model }, "boxed"), {
    code: "vision/start-file",
    message: /a detector of Fovea/,
  });
  const events = await own({ layout: "coco", path, minutes: 0.15 }, "boxed");
  const done = of(events, "done");
  assert.match(done.model, /boxed\.onnx$/);
  const [task] = readModelCard(await readFile(done.model), "boxed").tasks;
  assert.ok(task?.kind === "detection");
  assert.deepEqual([task.labels, task.points], [["disc"], 0]);
});

test("nothing there, an empty folder, one class and what is no folder are told before anything is written", async () => {
  const folder = join(place.folder, "empty");
  await mkdir(folder, { recursive: true });
  await assert.rejects(own({ path: join(place.folder, "nowhere") }, "no"), { code: "vision/data-missing" });
  await assert.rejects(own({ path: folder }, "no"), {
    code: "vision/data-count",
    message: /one folder for each class/,
  });
  await assert.rejects(own({ path: join(place.folder, "shapes", "train"), layout: "coco" }, "no"), {
    code: "vision/data-missing",
  });
  await assert.rejects(own({ path: join(place.folder, "shapes", "train", "bars", "0.png") }, "no"), {
    code: "vision/own-data",
    message: /a folder for each class/,
  });
  const single = join(place.folder, "single");
  await drawShapes(single, { train: 12, valid: 0 });
  await rm(join(single, "shapes", "train", "discs"), { recursive: true });
  await assert.rejects(own({ path: join(single, "shapes") }, "no"), {
    code: "vision/own-data",
    message: /only "bars"/,
  });
  await assert.rejects(own({ groupRun: 3 }, "no"), { code: "vision/own-data", message: /--group-by/ });
  await assert.rejects(own({ tasks: ["x"] }, "no"), { code: "vision/own-data", message: /--csv/ });
  await assert.rejects(own({}, "no", { start: "resume" }), { code: "vision/run-missing" });
});
