import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

// The real command with a shipped model, in a process of its own, on made-up pictures in the layout of the release.
const program = fileURLToPath(new URL("main.js", import.meta.url));
const shipped = fileURLToPath(new URL("../../../models/expression.onnx", import.meta.url));
const needsModel = { skip: !existsSync(shipped) && `not here: ${shipped}` };

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-twice-"));
  // waves of another length and place in each picture
  const rows = Array.from({ length: 12 }, (_, row) => {
    const pixels = Array.from({ length: 48 * 48 }, (_, at) =>
      Math.round(128 + 100 * Math.sin((at % 48) / (2 + row) + row) * Math.cos(Math.floor(at / 48) / (3 + row))),
    );
    return `${row % 7},${pixels.join(" ")},PublicTest`;
  });
  await writeFile(join(folder, "fer2013.csv"), ["emotion,pixels,Usage", ...rows].join("\n"));
  const classes = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"];
  const cells = (row: number) => classes.map((_, c) => (c === row % 5 ? 0.4 : 0.1));
  const told = rows.map((_, row) => [row, ...cells(row)].join(","));
  await writeFile(join(folder, "told.csv"), [["id", ...classes].join(","), ...told].join("\n"));
});
after(() => rm(folder, { recursive: true }));

async function evaluate(...args: string[]) {
  const asked = ["evaluate", ...args, "--protocol", "fer2013", "--data", folder, "--threads", "1", "--json"];
  const child = spawn(process.execPath, [program, ...asked], { cwd: folder });
  const out: Buffer[] = [];
  child.stdout.on("data", (data: Buffer) => out.push(data));
  child.stderr.resume();
  child.stdin.end();
  const [code] = await once(child, "close");
  return { code: code as number, out: Buffer.concat(out) };
}

test(
  "evaluate twice gives the same bytes: lines, outcomes and report, of a model and of predictions",
  needsModel,
  async () => {
    const modes = { expression: ["direct"], "told.csv": ["direct"] };
    for (const [subject, expected] of Object.entries(modes)) {
      const run = async () => {
        const { code, out } = await evaluate(
          subject,
          "--mismatch",
          "custom",
          "--outcomes",
          "o.jsonl",
          "--report",
          "r.html",
        );
        assert.equal(code, 0, out.toString());
        const files = await Promise.all(["o.jsonl", "r.html"].map((file) => readFile(join(folder, file))));
        return [out, ...files];
      };
      const [first, again] = [await run(), await run()];
      assert.deepEqual(again, first, subject);
      const lines = first[0]!
        .toString()
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      assert.deepEqual(
        lines.map(({ mode }) => mode),
        expected,
      );
      for (const { protocol, split, missed, metrics, model, seed } of lines) {
        assert.deepEqual(
          [protocol, Object.keys(split), split.name, split.count],
          ["fer2013", ["name", "sha256", "count"], "custom", 12],
        );
        assert.deepEqual([missed, seed, model.sha256.length], [0, 0, 64]);
        for (const name of ["accuracy", "macro_f1", "ece", "nll"]) {
          const { value, interval } = metrics[name];
          assert.ok(Number.isFinite(value) && interval.length === 2, name);
        }
      }
    }
  },
);

test(
  "a release that is not complete has no score unless it is asked for, and says what to do",
  needsModel,
  async () => {
    const { code, out } = await evaluate("told.csv");
    const { error } = JSON.parse(out.toString());
    assert.equal(code, 3);
    assert.equal(error.code, "evaluation/split-mismatch");
    assert.match(
      error.message,
      /^fer2013, part valid: expected the 3589 samples of the official release, received 12\.$/,
    );
    assert.match(error.help, /--mismatch custom/);
  },
);
