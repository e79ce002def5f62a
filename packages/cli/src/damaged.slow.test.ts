// The real program on 1,000 damaged pictures: every one gets its result or its error, and the process lives to the end.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("main.js", import.meta.url));
const photo = new URL("../../../examples/astronaut.jpg", import.meta.url);
const pictures = new URL("../../vision/fixtures/pictures/", import.meta.url);
const names = [
  "progressive.jpg",
  "orientation-6.jpg",
  "palette-alpha.png",
  "bits-16-alpha.png",
  "interlaced.png",
  "lossy.webp",
  "alpha.webp",
  "irot-1.avif",
];
const count = 1000;
const seed = 1;

type Random = ReturnType<typeof randomOf>;

/** Seeded random numbers: xorshift32 of Marsaglia, Journal of Statistical Software 8 (14), 2003. */
function randomOf(seed: number) {
  let state = seed;
  const fraction = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const integer = (below: number) => Math.floor(fraction() * below);
  return { integer, pick: <Item>(items: readonly Item[]) => items[integer(items.length)]! };
}

/** A place in the file; the first hundred bytes, where formats keep their sizes and tables, are as likely as the rest. */
const placeIn = (bytes: Uint8Array, random: Random): number =>
  random.integer(random.pick([Math.min(100, bytes.length), bytes.length]));

const damages: readonly ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
  (bytes, random) => {
    for (let change = 0; change <= random.integer(8); change++) bytes[placeIn(bytes, random)] = random.integer(256);
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, placeIn(bytes, random)),
  (bytes, random) => bytes.fill(random.pick([0, 255]), placeIn(bytes, random), placeIn(bytes, random)),
  (bytes, random) => {
    const at = placeIn(bytes, random);
    return Uint8Array.from([
      ...bytes.subarray(0, at),
      ...bytes.subarray(Math.min(bytes.length, at + 1 + random.integer(64))),
    ]);
  },
  (bytes, random) => {
    const at = placeIn(bytes, random);
    const inserted = Array.from({ length: 1 + random.integer(64) }, () => random.integer(256));
    return Uint8Array.from([...bytes.subarray(0, at), ...inserted, ...bytes.subarray(at)]);
  },
  (bytes, random) => {
    const [from, to] = [placeIn(bytes, random), placeIn(bytes, random)];
    bytes.copyWithin(to, from, from + random.integer(200));
    return bytes;
  },
];

test(`${count} damaged pictures give a result or an error each, and crash nothing (seed ${seed})`, async () => {
  const folder = await mkdtemp(join(tmpdir(), "fovea-damaged-"));
  try {
    const sound = await Promise.all(
      [photo, ...names.map((name) => new URL(name, pictures))].map((url) => readFile(url)),
    );
    const random = randomOf(seed);
    for (let index = 0; index < count; index++) {
      const damaged = random.pick(damages)(Uint8Array.from(random.pick(sound)), random);
      await writeFile(join(folder, `${String(index).padStart(4, "0")}.jpg`), damaged);
    }
    const child = spawn(process.execPath, [program, "analyze", folder, "--json"]);
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
    child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
    child.stdin.end();
    const [code, signal] = (await once(child, "close")) as [number | null, string | null];
    assert.deepEqual({ code, signal }, { code: 1, signal: null }, stderr.slice(-2000));
    const lines = stdout
      .trim()
      .split("\n")
      .map(
        (line) => JSON.parse(line) as { faces?: unknown[]; error?: { code: string; message: string; help: string } },
      );
    assert.equal(lines.length, count);
    for (const { faces, error } of lines) {
      if (faces !== undefined) continue;
      assert.match(error!.code, /^(vision|operations)\//);
      assert.ok(error!.message !== "" && error!.help !== "", error!.code);
    }
    // neither a check that refuses all nor one that reads whatever it is given
    const refused = lines.filter(({ error }) => error).length;
    assert.ok(refused > count / 4 && refused < count * 0.95, `${refused} refused`);
  } finally {
    await rm(folder, { recursive: true });
  }
});
