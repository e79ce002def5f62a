// The programs of examples/client as the documents show them, against a server with a port.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { nodeParts } from "@foveajs/operations";
import { listen } from "@foveajs/server";
import { root, startServer, type TestServer } from "./client.test.support.ts";

const run = promisify(execFile);

let server: TestServer;
let url: string;
let close: () => Promise<void>;
before(async () => {
  server = await startServer({ jobs: { parallel: 1 } });
  ({ url, close } = await listen(server, server.config));
});
after(async () => {
  await close();
  await server.end();
});

const outputOf = async (name: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) => {
  const file = join(root, "examples", "dist", "client", `${name}.js`);
  const options = { cwd: root, env: { ...process.env, FOVEA_URL: url, ...env } };
  return (await run(process.execPath, [file, ...args], options)).stdout;
};

test("examples/client/analyze.ts finds the face and draws it", async () => {
  const drawn = join(server.config.data_folder!, "drawn.png");
  const [, x, y] = (/^x (-?\d+)\S*, y (-?\d+)\S*: [a-z]+\n$/.exec(await outputOf("analyze", [drawn])) ?? []).map(
    Number,
  );
  // seen by eye: the face lies between x 165 and 280, y 60 and 215; detectors cut it closer or wider
  assert.ok(x! > 130 && x! < 210 && y! > 20 && y! < 110, `${x} ${y}`);
  assert.equal((await readFile(drawn)).toString("latin1", 1, 4), "PNG");
});

test("examples/client/analyze.ts tells a refusal with its help", async () => {
  await server.keys.create({ name: "", scopes: ["all"], expires: undefined, now: new Date() });
  const failed = await outputOf("analyze").then(
    () => undefined,
    (thrown: { code: number; stderr: string }) => thrown,
  );
  assert.equal(failed?.code, 1);
  assert.match(failed.stderr, /^401 server\/key-needed: .*Bearer KEY.*\(request [0-9a-f-]{36}\)\n$/);
  await rm(server.config.keys_file);
});

test("examples/client/infer.ts tells what goes in and what comes out", async () => {
  assert.equal(await outputOf("infer"), "image: FP32 [-1,1,44,44]\nexpression: float32 [1,8]\n");
});

test("examples/client/train.ts uploads two classes, follows their training and writes the model", async () => {
  const side = 32;
  const folder = join(server.config.data_folder!, "shades");
  for (const [label, level] of [
    ["dark", 40],
    ["bright", 200],
  ] as const) {
    await mkdir(join(folder, label), { recursive: true });
    for (let index = 0; index < 12; index++) {
      const data = Uint8Array.from({ length: side * side }, (_, at) => level + ((at * (index + 3)) % 17));
      const picture = { width: side, height: side, order: "gray", data } as const;
      await writeFile(join(folder, label, `${index}.png`), await nodeParts.encodeImage(picture, { format: "png" }));
    }
  }
  const model = join(server.config.data_folder!, "made.onnx");
  const output = await outputOf("train", [folder, model], { MINUTES: "0.05" });
  assert.match(output, /^epoch 1 of \d+: loss \d+\.\d{3}\n(epoch .*\n)*done\n$/);
  assert.ok((await readFile(model)).length > 1000);
});

test("the README's programs are the examples, word for word", async () => {
  const text = await readFile(join(root, "packages", "client", "README.md"), "utf8");
  const snippets = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, snippet]) => snippet);
  const examples = await Promise.all(
    ["analyze", "train", "infer"].map((name) => readFile(join(root, "examples", "client", `${name}.ts`), "utf8")),
  );
  assert.ok(snippets.length > 0);
  for (const snippet of snippets) assert.ok(examples.includes(snippet!), snippet);
});
