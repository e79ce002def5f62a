// A whole training whose steps run on WebGPU in Node, on a Vulkan driver in software: the losses are those of the CPU.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TrainingEvent } from "./events.ts";
import { drawShapes, eventsOf, makePlace, type Place, withTraining } from "./tiny-run.test.support.ts";

/** The folder of a Vulkan driver in software: FOVEA_SWIFTSHADER, or Chromium's own in Debian. */
const swiftShader = process.env.FOVEA_SWIFTSHADER ?? "/usr/lib/chromium";
const driver = join(swiftShader, "libvk_swiftshader.so");
const child = fileURLToPath(new URL("./train-child.test.support.js", import.meta.url));

let place: Place;
before(async () => {
  place = await makePlace();
  await drawShapes(place.folder);
});
after(() => place.remove());

/** Events of a training in a process whose GPU is SwiftShader. */
async function onGpu(recipe: string, run: string): Promise<readonly TrainingEvent[]> {
  const description = join(place.folder, "driver.json");
  const ICD = { library_path: driver, api_version: "1.0.5" };
  await writeFile(description, JSON.stringify({ file_format_version: "1.0.0", ICD }));
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, [child, recipe, run, place.folder, "webgpu"], {
    timeout: 200_000,
    maxBuffer: 2 ** 26,
    env: {
      ...environment,
      VK_ICD_FILENAMES: description,
      VK_DRIVER_FILES: description,
      LD_LIBRARY_PATH: [swiftShader, environment.LD_LIBRARY_PATH ?? ""].join(":"), // Chromium brings the loader too
    },
  });
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as TrainingEvent);
}

const lossesOf = (events: readonly TrainingEvent[]) =>
  events.flatMap((event) => (event.type === "step" ? [event.loss] : []));

test("steps on WebGPU have the losses of the CPU, and the run is said to be there", {
  skip: !existsSync(driver) && "no SwiftShader: set FOVEA_SWIFTSHADER to its folder",
  timeout: 240_000,
}, async () => {
  const recipe = await place.write("shapes", withTraining({ epochs: 2 }));
  const expected = await eventsOf(place.options(recipe, "cpu"));
  const run = join(place.folder, "gpu");
  const received = await onGpu(recipe, run);
  assert.match(received[0]?.type === "start" ? received[0].device : "", /^webgpu; .* on the cpu, 1 thread$/);
  assert.equal(received.at(-1)?.type, "done");
  const [gpu, cpu] = [lossesOf(received), lossesOf(expected)];
  assert.equal(gpu.length, 12);
  gpu.forEach((loss, step) => {
    assert.ok(Math.abs(loss - cpu[step]!) < 2e-3 * cpu[step]!, `step ${step}: ${loss} and ${cpu[step]}`);
  });
});
