// Expected values by hand.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readConfig } from "./config.ts";
import { withSettings } from "./document.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-config-"));
});
after(() => rm(folder, { recursive: true }));

const write = async (text: string) => {
  const path = join(folder, "server.yaml");
  await writeFile(path, text);
  return path;
};

test("without a file everything is as the defaults say, on loopback", async () => {
  const config = await readConfig(undefined, { env: { XDG_STATE_HOME: "/state" } });
  assert.equal(config.host, "127.0.0.1");
  assert.equal(config.purpose, "personal");
  assert.equal(config.limits.files, 16);
  assert.equal(config.keys_file, "/state/fovea/keys.json");
  assert.equal(config.audit_file, "/state/fovea/audit.jsonl");
  assert.equal(config.models, undefined);
});

test("paths start from the file's folder; what the command line says wins", async () => {
  const path = await write("port: 1\nmodels: m\nstate_folder: ./s\nlimits: { faces: 3 }\n");
  const config = await readConfig(path, { overrides: { port: 2 } });
  assert.equal(config.port, 2);
  assert.equal(config.models, join(folder, "m"));
  assert.equal(config.keys_file, join(folder, "s", "keys.json"));
  assert.deepEqual([config.limits.faces, config.limits.files], [3, 16]);
});

test("what is misspelt, out of range or no YAML is told with its place", async () => {
  await assert.rejects(readConfig(await write("prot: 1\n")), { code: "server/bad-config", message: /prot/ });
  await assert.rejects(readConfig(await write("limits: { faces: 0 }\n")), {
    code: "server/bad-config",
    message: /limits\.faces/,
  });
  await assert.rejects(readConfig(await write("a: [\n")), { code: "server/bad-config" });
  await assert.rejects(readConfig(await write("- a\n")), { code: "server/bad-config" });
  await assert.rejects(readConfig(join(folder, "none.yaml")), { code: "server/missing-config" });
});

test("docs/server.md lists every setting as the schema has it; write it with node packages/server/dist/write-docs.js", async () => {
  const written = await readFile(new URL("../../../../docs/server.md", import.meta.url), "utf8");
  assert.equal(written, withSettings(written));
});
