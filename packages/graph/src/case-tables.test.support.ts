import { type Feeds, lower, seededRandom } from "./contract.test.support.ts";
import { caseOpsets, gradientCases } from "./gradients/cases.test.support.ts";
import type { Family } from "./gradients/family.test.support.ts";
import type { Value } from "./ir/builder.ts";
import { FOVEA_DOMAIN, type Graph, type Tensor } from "./ir/types.ts";
import { layoutCases } from "./layout/cases.test.support.ts";
import { formCases } from "./lowering/cases.test.support.ts";
import type { FormFamily } from "./lowering/family.test.support.ts";
import { portableTarget, type Target } from "./lowering/form.ts";
import { type Build, createBuilder } from "./ops/build.ts";
import { CURRENT_OPSET } from "./passes/upgrade-opset.ts";

/** Graphs made of all cases of one operator in another folder's contract test, with numbers to feed. */
export interface DrawnGraph {
  readonly label: string;
  readonly graph: Graph;
  readonly feeds: Feeds;
}

/** Every table of cases of the package, so that what holds for all operators is tested on each of them. */
export const drawnGraphs = (seed: number): readonly DrawnGraph[] => [
  ...Object.entries(gradientCases as Record<string, Family>).map(([op, family]) => fromGradients(op, family, seed)),
  ...Object.entries(layoutCases).map(([op, cases]) => fromLayout(op, cases, seed)),
];

/** The cases of our own operators, lowered for a target. */
export const loweredGraphs = (seed: number, target: Target = portableTarget): readonly DrawnGraph[] =>
  Object.entries(formCases as Record<string, FormFamily>).map(([op, family]) => {
    const build = createBuilder();
    const feeds: Record<string, Tensor> = {};
    for (const [index, { inputs, attributes, outputCount = 1, operands = theInputs }] of family(
      seededRandom(seed),
    ).entries()) {
      const values = inputs.map((tensor, input) => {
        feeds[`${index}/${input}`] = tensor;
        return build.input(`${index}/${input}`, tensor.shape);
      });
      for (const value of build.nodeOutputs(op, operands(build, values), {
        domain: FOVEA_DOMAIN,
        attributes,
        outputCount,
      }))
        build.output(value);
    }
    return { label: `fovea.${op}, lowered`, graph: lower(build.build(), target), feeds };
  });

const theInputs = (_: Build, inputs: readonly Value[]): readonly Value[] => inputs;

function fromGradients(op: string, family: Family, seed: number): DrawnGraph {
  const build = createBuilder({ opset: caseOpsets[op] ?? CURRENT_OPSET });
  const feeds: Record<string, Tensor> = {};
  for (const [index, { inputs, output }] of family(seededRandom(seed)).entries()) {
    const values = inputs.map((tensor, input) => {
      feeds[`${index}/${input}`] = tensor;
      return build.input(`${index}/${input}`, tensor.shape);
    });
    for (const value of [output(build, values)].flat()) build.output(value);
  }
  return { label: `${op}, differentiated`, graph: build.build(), feeds };
}

function fromLayout(op: string, cases: (typeof layoutCases)[string], seed: number): DrawnGraph {
  const build = createBuilder();
  const random = seededRandom(seed);
  const feeds: Record<string, Tensor> = {};
  for (const [index, { batch, fixed = [], output }] of cases.entries()) {
    const input = (kind: string) => (shape: readonly number[], position: number) => {
      feeds[`${index}/${kind}${position}`] = random.tensor(shape, 0.25, 1.5);
      return build.input(`${index}/${kind}${position}`, shape);
    };
    for (const value of [output(build, batch.map(input("batch")), fixed.map(input("fixed")))].flat())
      build.output(value);
  }
  return { label: `${op}, in layouts`, graph: build.build(), feeds };
}
