import assert from "node:assert/strict";
import { test } from "node:test";
import { elementsOf, portableTarget, relativeError, runGraph, seededRandom } from "../contract.test.support.ts";
import { FOVEA_DOMAIN, type Graph, type Tensor } from "../ir/types.ts";
import { createBuilder } from "../ops/build.ts";
import { lower } from "./lower.ts";
import { volumeInputGradients, volumeWeightGradients } from "./volume-cases.test.support.ts";

const SEED = 20260108;

/** One after the other, the sums of a group have another order: some units of the last place. */
const TOLERANCE = 1e-6;

const families = { ConvGradInput: volumeInputGradients, ConvGradWeight: volumeWeightGradients } as const;

const groupsOf = ({ nodes }: Graph): number[] =>
  nodes.flatMap(({ op, attributes: { group } }) => (op === "Conv" && group?.type === "int" ? [group.value] : []));

for (const [op, family] of Object.entries(families)) {
  test(`${op} of volumes makes no groups where the target has none, and the same numbers (seed ${SEED})`, async () => {
    const build = createBuilder();
    const feeds: Record<string, Tensor> = {};
    for (const [index, { inputs, attributes }] of family(seededRandom(SEED)).entries()) {
      const values = inputs.map((tensor, input) => {
        feeds[`${index}/${input}`] = tensor;
        return build.input(`${index}/${input}`, tensor.shape);
      });
      build.output(build.node(op, values, { domain: FOVEA_DOMAIN, attributes }), `${index}/output`);
    }
    const [grouped, single] = [true, false].map((groupedVolumes) =>
      lower(build.build(), { ...portableTarget, groupedVolumes }),
    ) as [Graph, Graph];
    assert.ok(Math.max(...groupsOf(grouped)) > 1);
    assert.equal(Math.max(...groupsOf(single)), 1);
    const [expected, received] = [await runGraph(grouped, feeds), await runGraph(single, feeds)];
    for (const [name, tensor] of Object.entries(expected))
      assert.ok(relativeError(elementsOf(received[name]!), elementsOf(tensor)) <= TOLERANCE, name);
  });
}
