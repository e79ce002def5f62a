import { createSession } from "#session";
import { filled, float32 } from "../ir/tensors.ts";
import type { Graph } from "../ir/types.ts";
import { portableTarget, type Target } from "../lowering/form.ts";
import { webgpuTarget } from "../lowering/webgpu.ts";
import { createBuilder } from "../ops/build.ts";
import { NCHWC_DOMAIN, nativeTrainingNormalization } from "../ops/internal.ts";
import type { SessionOptions } from "./session.ts";

const probes = new Map<string, Promise<Target>>();

/**
 * What the runtime on this device can do. On CPUs it is found by running tiny graphs, once a process and device; what WebGPU runs
 * is the same everywhere, so it is a table (lowering/webgpu.ts).
 */
export function probeTarget(options: SessionOptions = {}): Promise<Target> {
  const key = options.device ?? "";
  let probe = probes.get(key);
  if (!probe) {
    probe = options.device === "webgpu" ? Promise.resolve(webgpuTarget) : runProbes(options);
    probes.set(key, probe);
  }
  return probe;
}

type Outputs = Readonly<Record<string, ArrayLike<number | bigint>>>;

async function runProbes(options: SessionOptions): Promise<Target> {
  const [block, fused, normalization] = await Promise.all(
    [blockGraph(), fusedGraph(), normalizationGraph()].map((graph) => outputsOf(graph, options)),
  );
  return {
    ...portableTarget,
    // four channels come out of ReorderInput as one block: 8 on AVX2, 16 on AVX-512
    blockedChannels: Number(block?.y?.[1] ?? 0),
    fusedMatMul: fused !== undefined,
    nativeNormalization: normalization !== undefined && isExact(Number(normalization.variance![0])),
  };
}

async function outputsOf(graph: Graph, options: SessionOptions): Promise<Outputs | undefined> {
  const session = await createSession(graph, { ...options, threads: 1 }).catch(() => undefined);
  try {
    const outputs = await session?.run({});
    return (
      outputs &&
      Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data as ArrayLike<number | bigint>]))
    );
  } catch {
    return undefined;
  } finally {
    await session?.dispose();
  }
}

function blockGraph(): Graph {
  const build = createBuilder();
  const blocked = build.node("ReorderInput", [build.constant(filled([1, 4, 1, 1], 1))], { domain: NCHWC_DOMAIN });
  build.node("Shape", [blocked], { outputs: ["y"] });
  build.output(build.value("y"));
  return build.build();
}

function fusedGraph(): Graph {
  const build = createBuilder();
  const x = build.constant(filled([2, 2], 1));
  build.output(build.fusedMatMul(x, x, { transB: true }), "y");
  return build.build();
}

/** Elements of a channel in the probe of a normalisation: stems of 48 x 48 maps and batches of 16. */
const LONG = 36_864;

/** The same numbers from 0 to 1 each time (the generator of Numerical Recipes). */
function numbers(): Float32Array {
  let state = 1;
  return Float32Array.from({ length: LONG }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}

/** In wasm the native normalisation adds a channel in one long sum: its variance is off by 5e-6, where others are by 3e-7. */
function isExact(variance: number): boolean {
  const data = numbers();
  const mean = data.reduce((sum, element) => sum + element, 0) / LONG;
  const expected = data.reduce((sum, element) => sum + (element - mean) ** 2, 0) / LONG;
  return Math.abs(variance / expected - 1) < 1.5e-6;
}

function normalizationGraph(): Graph {
  const build = createBuilder();
  // all differ, since onnxruntime makes one of short constants that are equal, and overwrites the last two
  const [scale, bias, mean, known] = [1, 2, 3, 4].map((value) => build.constant(filled([1], value)));
  const [y, , variance] = nativeTrainingNormalization(
    build,
    [build.constant(float32([1, 1, LONG], numbers())), scale!, bias!, mean!, known!],
    1e-5,
  );
  build.output(build.reduceMean(y), "y");
  build.output(variance, "variance");
  return build.build();
}
