// A real training of a few steps through the routes: events as they come, a stop of the server, the model at the end.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { nodeParts } from "@foveajs/operations";
import { stringify } from "yaml";
import { answeringWorker, makeFolder, testServer } from "../server.test.support.ts";

const side = 16;
const recipe = (epochs: number) =>
  stringify({
    name: "shades",
    seed: 1,
    card: { summary: "Dark and bright.", licence: "Apache-2.0", limits: "Even squares of 16 pixels." },
    data: { kind: "samples", sets: [{ reader: "folder", folder: "shades", options: { task: "shade" } }] },
    preprocessing: {
      width: side,
      height: side,
      color: "gray",
      fit: "stretch",
      filter: "bilinear",
      scale: 1 / 255,
      mean: [0.5],
      std: [0.3],
    },
    model: {
      backbone: { family: "residual", stem: 8, widths: [8, 16], blocks: [1, 1] },
      tasks: [{ kind: "classification", name: "shade", labels: ["bright", "dark"] }],
    },
    training: {
      batch: 4,
      epochs,
      sizes: [{ until: 1, size: side }],
      groups: [{ optimizer: "adamw", rate: 0.01, roles: ["hidden", "edge", "vector"] }],
    },
  });

let place: Awaited<ReturnType<typeof makeFolder>>;
before(async () => {
  place = await makeFolder();
  for (const [part, count] of [
    ["train", 8],
    ["valid", 4],
  ] as const) {
    for (const [label, level] of [
      ["dark", 40],
      ["bright", 200],
    ] as const) {
      const folder = join(place.folder, "data", "shades", part, label);
      await mkdir(folder, { recursive: true });
      for (let index = 0; index < count; index++) {
        const data = Uint8Array.from({ length: side * side }, (_, at) => level + ((at * (index + 3)) % 17));
        await writeFile(
          join(folder, `${index}.png`),
          await nodeParts.encodeImage({ width: side, height: side, order: "gray", data }, { format: "png" }),
        );
      }
    }
  }
});
after(() => place.remove());

const open = () =>
  testServer(place.folder, {
    startWorker: answeringWorker(() => Promise.reject(new Error("not asked"))),
    settings: { data_folder: join(place.folder, "data"), jobs: { threads: 1 } },
  });

interface Told {
  readonly id: string;
  readonly data: { readonly type: string; readonly state?: string; readonly step?: number };
}

/** Events of a stream as they come; the reader stops where it is told to. */
async function* read(response: Response): AsyncIterable<Told> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(piece, { stream: true });
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const lines = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const of = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      if (of("data")) yield { id: of("id")!, data: JSON.parse(of("data")!) };
    }
  }
}

test("a training tells its steps, goes on after a stop of the server, and hands out its model", {
  timeout: 120_000,
}, async () => {
  const first = await open();
  const started = await first.app.request("/v1/train", { method: "POST", body: JSON.stringify({ recipe: recipe(8) }) });
  assert.equal(started.status, 202, await started.clone().text());
  const { id } = (await started.json()) as { id: string };
  let last: Told | undefined;
  const seen: Told[] = [];
  for await (const event of read(await first.app.request(`/v1/jobs/${id}/events`))) {
    seen.push(event);
    last = event;
    if (event.data.type === "epoch") break;
  }
  assert.equal(seen[0]!.data.type, "start", JSON.stringify(seen));
  assert.equal("run" in seen[0]!.data, false);
  first.stop();
  await first.close({ graceMs: 0 });
  const second = await open();
  const rest: Told[] = [];
  for await (const event of read(
    await second.app.request(`/v1/jobs/${id}/events`, { headers: { "last-event-id": last!.id } }),
  ))
    rest.push(event);
  assert.deepEqual(rest.at(-1)!.data, { type: "end", state: "done", error: null });
  const again = rest.find(({ data }) => data.type === "start")!.data;
  assert.ok(again.step! > 0, "it went on where it was");
  const model = await second.app.request(`/v1/jobs/${id}/model`);
  assert.equal(model.status, 200);
  assert.match(model.headers.get("content-disposition")!, /shades\.onnx/);
  assert.ok((await model.arrayBuffer()).byteLength > 1000);
  await second.close({ graceMs: 0 });
});

test("a running training is cancelled for good; one whose data are not there fails with the trainer's words", {
  timeout: 120_000,
}, async () => {
  const server = await open();
  const train = async (text: string) =>
    (
      (await (
        await server.app.request("/v1/train", { method: "POST", body: JSON.stringify({ recipe: text }) })
      ).json()) as { id: string }
    ).id;
  const id = await train(recipe(100_000));
  for await (const { data } of read(await server.app.request(`/v1/jobs/${id}/events`))) {
    if (data.type === "step") await server.app.request(`/v1/jobs/${id}/cancel`, { method: "POST" });
    if (data.type === "end") assert.equal(data.state, "cancelled");
  }
  const missing = await train(recipe(1).replace("folder: shades", "folder: nothing"));
  for await (const { data } of read(await server.app.request(`/v1/jobs/${missing}/events`))) {
    if (data.type !== "end") continue;
    assert.match(JSON.stringify(data), /"state":"failed","error":\{"code":"vision\//);
    assert.ok(!JSON.stringify(data).includes(place.folder), JSON.stringify(data));
  }
  await server.close({ graceMs: 0 });
});
