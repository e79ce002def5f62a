import { readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  allocate,
  createSession,
  type Graph,
  type Profile,
  readOnnx,
  readProfile,
  sizeOf,
  staticShape,
  type Tensor,
} from "@foveajs/graph";
import { errors } from "../errors.ts";
import { fileError } from "../inputs/read-file.ts";

/** Reads a model's file; weights that it keeps outside are looked for in its folder. */
export async function readGraphFile(path: string): Promise<{ graph: Graph; sizeBytes: number }> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (thrown) {
    throw fileError(path, thrown);
  }
  const loadExternal = (location: string) => readFileSync(join(dirname(path), location));
  return { graph: readOnnx(bytes, { loadExternal }), sizeBytes: bytes.length };
}

/** Shapes by input from texts as "image=1x3x320x320". */
export function parseShapes(texts: readonly string[]): Record<string, readonly number[]> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, extents] = /^(.+)=([0-9]+(?:x[0-9]+)*)$/.exec(text) ?? [];
      if (name === undefined || extents === undefined) throw errors["bad-shape"]({ received: text });
      return [name, extents.split("x").map(Number)];
    }),
  );
}

// The first runs take memory and touch its pages.
const warmUp = 2;

/** Times the nodes of a graph by onnxruntime's profiler, with inputs of ones, as the runtime fuses them. */
export async function profileGraph(
  graph: Graph,
  { runs, threads, signal }: { runs: number; threads: number; signal: AbortSignal },
): Promise<Profile> {
  const feeds = Object.fromEntries(graph.inputs.map((input) => [input.name, ones(input)]));
  const folder = await mkdtemp(join(tmpdir(), "fovea-profile-"));
  try {
    const session = await createSession(graph, { threads, profile: join(folder, "run") });
    try {
      for (let run = 0; run < runs + warmUp; run++) await session.run(feeds, { signal });
    } finally {
      await session.dispose(); // writes the profile
    }
    const [file] = await readdir(folder);
    if (file === undefined) throw errors["profile-missing"]({});
    return readProfile(await readFile(join(folder, file), "utf8"), { warmUp });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function ones({ name, dtype, shape }: Graph["inputs"][number]): Tensor {
  const extents = staticShape(shape, name);
  if (dtype === "string") return { dtype, shape: extents, data: Array.from({ length: sizeOf(extents) }, () => "") };
  const data = allocate(dtype, sizeOf(extents));
  if (dtype === "int64" || dtype === "uint64") (data as BigInt64Array).fill(1n);
  else (data as Float32Array).fill(dtype === "float16" ? 0x3c00 : dtype === "bfloat16" ? 0x3f80 : 1);
  return { dtype, shape: extents, data };
}

/** Writes a drawing. */
export async function writeDrawing(path: string, svg: string): Promise<void> {
  try {
    await writeFile(path, svg);
  } catch (thrown) {
    throw errors["drawing-failed"]({ path, reason: (thrown as Error).message }, { cause: thrown });
  }
}
