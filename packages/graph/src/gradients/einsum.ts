import { errors } from "../errors.ts";
import { sizeOf } from "../ir/shapes.ts";
import { einsumTerms, equationOf } from "../ops/einsum.ts";
import { extents, type GradientRule, sumTo } from "./rule.ts";

/**
 * y = sum of products of the operands. The gradient by an operand is the sum of products of dy and the other operands over every letter
 * that the operand has not; it is repeated along letters that only this operand has, and summed where an extent of 1 was stretched:
 * y_ik = sum_j a_ij b_jk gives da_ij = sum_k dy_ik b_jk. A letter twice in one term reads a diagonal, for which there is no gradient.
 */
export const einsum: GradientRule = ({ build, node, attributes, inputs, dy, needs }) => {
  const equation = attributes.string("equation", "");
  const { operands, output } = einsumTerms(
    node,
    equation,
    inputs.map(({ shape }) => shape),
  );
  for (const letters of operands) {
    const twice = letters.find((letter, place) => letters.indexOf(letter) !== place);
    if (twice !== undefined) throw errors["einsum-diagonal"]({ node: node.name, equation, letter: twice });
  }
  return inputs.map((operand, index) => {
    if (!needs(index)) return null;
    const own = operands[index]!;
    const others = operands.flatMap((letters, other) => (other === index ? [] : [{ letters, value: inputs[other]! }]));
    const factors = [{ letters: output, value: dy }, ...others];
    const isKnown = (letter: string) => factors.some(({ letters }) => letters.includes(letter));
    const target = own.filter(isKnown);
    // onnxruntime reads no terms without letters: scalars multiply the rest
    const scalars = factors.filter(({ letters }) => letters.length === 0).map(({ value }) => value);
    const tensors = factors.filter(({ letters }) => letters.length > 0);
    const equationOfGradient = equationOf({ operands: tensors.map(({ letters }) => letters), output: target });
    const parts = [
      ...(tensors.length === 0
        ? []
        : [
            build.einsum(
              equationOfGradient,
              tensors.map(({ value }) => value),
            ),
          ]),
      ...scalars,
    ];
    const product = parts.reduce((total, factor) => build.mul(total, factor));
    const shape = extents(operand);
    const found = extents(product);
    const kept = own.map((letter) => (isKnown(letter) ? found[target.indexOf(letter)]! : 1));
    const placed = build.reshape(product, kept);
    const wide = kept.map((extent, axis) => (isKnown(own[axis]!) ? extent : shape[axis]!));
    return sumTo(build, sizeOf(wide) === sizeOf(kept) ? placed : build.expand(placed, wide), operand);
  });
};
