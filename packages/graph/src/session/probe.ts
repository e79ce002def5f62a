import { filled } from "../ir/tensors.ts";
import type { Graph } from "../ir/types.ts";
import type { Target } from "../lowering/form.ts";
import { createBuilder } from "../ops/build.ts";
import { NCHWC_DOMAIN, nativeTrainingNormalization } from "../ops/internal.ts";
import { createSession } from "./node.ts";
import type { SessionOptions } from "./session.ts";

const probes = new Map<string, Promise<Target>>();

/** What the runtime on this device can do, found by running three tiny graphs; asked once a process and device. */
export function probeTarget(options: SessionOptions = {}): Promise<Target> {
  const device = options.device ?? "cpu";
  let probe = probes.get(device);
  if (!probe) {
    probe = runProbes(device);
    probes.set(device, probe);
  }
  return probe;
}

async function runProbes(device: string): Promise<Target> {
  const [block, fused, normalization] = await Promise.all(
    [blockGraph(), fusedGraph(), normalizationGraph()].map((graph) => outputOf(graph, device)),
  );
  // four channels come out of ReorderInput as one block: 8 on AVX2, 16 on AVX-512
  return {
    blockedChannels: block?.[1] ?? 0,
    fusedMatMul: fused !== undefined,
    nativeNormalization: normalization !== undefined,
  };
}

async function outputOf(graph: Graph, device: string): Promise<readonly number[] | undefined> {
  const session = await createSession(graph, { device, threads: 1 }).catch(() => undefined);
  try {
    const { y } = (await session?.run({})) ?? {};
    return y?.shape.length === 1 ? Array.from(y.data as ArrayLike<number | bigint>, Number) : y?.shape;
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

function normalizationGraph(): Graph {
  const build = createBuilder();
  const vector = () => build.constant(filled([2], 1));
  const [y] = nativeTrainingNormalization(
    build,
    [build.constant(filled([1, 2, 4], 1)), vector(), vector(), vector(), vector()],
    1e-5,
  );
  build.output(y, "y");
  return build.build();
}
