// Prints, as one JSON object, what a session on WebGPU makes of the gradient cases of each operator, or of those that are named: "all"
// of them run there with the CPU's numbers, "some", or "none". Its output is fixtures/webgpu-operators.json, from which
// docs/operators.md has its column. It needs a GPU, or a Vulkan driver in software (backends.slow.test.ts names one), and minutes.
import { createSession, elementsOf, type Feeds, lower, seededRandom } from "./contract.test.support.ts";
import { caseOpsets, gradientCases } from "./gradients/cases.test.support.ts";
import type { Case } from "./gradients/family.test.support.ts";
import { appendGradient } from "./gradients/gradient.ts";
import { sizeOf } from "./ir/shapes.ts";
import type { Graph, Tensor } from "./ir/types.ts";
import { portableTarget } from "./lowering/form.ts";
import { webgpuTarget } from "./lowering/webgpu.ts";
import { createBuilder } from "./ops/build.ts";
import { CURRENT_OPSET } from "./passes/upgrade-opset.ts";

const SEED = 20260101;
/** A few roundings and products in another order. */
const TOLERANCE = 1e-3;

/** Results of cases and the gradients of their weighted sum, as one graph. */
function graphOf(cases: readonly Case[], opset: number): { readonly graph: Graph; readonly feeds: Feeds } {
  const build = createBuilder({ opset });
  const random = seededRandom(SEED + 1);
  const feeds: Record<string, Tensor> = {};
  const sums = cases.flatMap(({ inputs, output }, index) => {
    const values = inputs.map((tensor, input) => {
      const name = `case${index}/input${input}`;
      feeds[name] = tensor;
      return build.input(name, tensor.shape);
    });
    return [output(build, values)].flat().map((value, place) => {
      const result = build.output(value, `case${index}/output${place}`);
      const weighted = build.mul(result, build.constant(random.tensor(value.shape as number[], -1, 1)));
      return build.reduceSum(build.reshape(weighted, [sizeOf(value.shape as number[])]), {
        axes: [0],
        keepDims: false,
      });
    });
  });
  const loss = sums.reduce((total, sum) => build.add(total, sum));
  for (const [name, value] of appendGradient(build, { loss: loss.name, parameters: Object.keys(feeds) }))
    build.output(value, `gradient/${name}`);
  return { graph: build.build(), feeds };
}

async function run(graph: Graph, feeds: Feeds, device: "cpu" | "webgpu"): Promise<Feeds> {
  const session = await createSession(lower(graph, device === "cpu" ? portableTarget : webgpuTarget), {
    device,
    threads: 1,
  });
  try {
    return await session.run(feeds);
  } finally {
    await session.dispose();
  }
}

/** Whether the GPU takes all of it and gives the CPU's numbers; a refusal is an error of its own, a wrong number none. */
async function isRight(cases: readonly Case[], opset: number): Promise<boolean> {
  const { graph, feeds } = graphOf(cases, opset);
  const expected = await run(graph, feeds, "cpu");
  const received = await run(graph, feeds, "webgpu").catch(() => undefined);
  if (!received) return false;
  return Object.entries(expected).every(([name, tensor]) => {
    const right = [...elementsOf(tensor)];
    const size = Math.max(1, ...right.map(Math.abs));
    return [...elementsOf(received[name]!)].every((value, i) => Math.abs(value - right[i]!) <= TOLERANCE * size);
  });
}

const verdicts: Record<string, "all" | "some" | "none"> = {};
const wanted = process.argv.slice(2);
for (const [op, family] of Object.entries(gradientCases)) {
  if (wanted.length > 0 && !wanted.includes(op)) continue;
  const opset = (caseOpsets as Readonly<Record<string, number>>)[op] ?? CURRENT_OPSET;
  const cases = family(seededRandom(SEED));
  if (await isRight(cases, opset)) {
    verdicts[op] = "all";
    continue;
  }
  let right = 0;
  for (const one of cases) right += Number(await isRight([one], opset));
  verdicts[op] = right === cases.length ? "all" : right > 0 ? "some" : "none";
}
process.stdout.write(`${JSON.stringify(verdicts, null, 1)}\n`);
