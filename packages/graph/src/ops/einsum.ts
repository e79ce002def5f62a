import { errors } from "../errors.ts";
import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { broadcastShapes } from "../ir/shapes.ts";
import type { Dimension, Node, Shape } from "../ir/types.ts";
import type { InferenceRule } from "./rule.ts";

/** An equation with every axis named: one letter an axis, those of an ellipsis in letters of their own. */
export interface EinsumTerms {
  readonly operands: readonly (readonly string[])[];
  readonly output: readonly string[];
}

const ALPHABET = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"];

const TERM = /^[A-Za-z]*(\.\.\.)?[A-Za-z]*$/;

/**
 * Terms of an Einsum node. An ellipsis stands for the axes that its term's letters leave over, aligned at the last one;
 * without "->" the output has those of the ellipsis, then the letters that occur once, in alphabetical order.
 */
export function einsumTerms(node: Node, equation: string, shapes: readonly Shape[]): EinsumTerms {
  const fail = (problem: string) => errors["einsum-equation"]({ node: node.name, equation, problem });
  const [left = "", right, ...more] = equation.replaceAll(/\s/g, "").split("->");
  const terms = left.split(",");
  if (more.length > 0) throw fail(`it has "->" ${more.length + 1} times`);
  for (const term of right === undefined ? terms : [...terms, right])
    if (!TERM.test(term)) throw fail(`"${term}" is not made of letters and one "..."`);
  if (terms.length !== shapes.length) throw fail(`it has ${terms.length} terms for ${shapes.length} inputs`);
  const ellipses = terms.map((term, index) => {
    const letters = lettersOf(term).length;
    const rank = shapes[index]!.length;
    if (term.includes("...") ? letters > rank : letters !== rank)
      throw fail(`the term "${term}" names ${letters} axes of an input that has ${rank}`);
    return term.includes("...") ? rank - letters : 0;
  });
  const free = ALPHABET.filter((letter) => !equation.includes(letter));
  const most = Math.max(...ellipses);
  if (free.length < most) throw fail(`it leaves no letter for the ${most} axes of "..."`);
  const named = (term: string, axes: number) => [...term.replace("...", free.slice(most - axes, most).join(""))];
  const operands = terms.map((term, index) => named(term, ellipses[index]!));
  const output = named(right ?? implicitOutput(left), most);
  for (const letter of output)
    if (!operands.some((letters) => letters.includes(letter)))
      throw fail(`the output names "${letter}", which no input has`);
  if (new Set(output).size !== output.length) throw fail("the output names an axis twice");
  if (most > 0 && right !== undefined && !right.includes("..."))
    throw fail('the inputs have "..." and the output has not');
  return { operands, output };
}

const lettersOf = (term: string): string[] => [...term.replace("...", "")];

function implicitOutput(left: string): string {
  const letters = [...left].filter((letter) => /[A-Za-z]/.test(letter));
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter)).sort();
  return (left.includes("...") ? "..." : "") + once.join("");
}

/** The equation of named axes. */
export const equationOf = ({ operands, output }: EinsumTerms): string =>
  `${operands.map((letters) => letters.join("")).join(",")}->${output.join("")}`;

/** Each axis of the output has the extent that its letter has in the operands (1 stretches to another). */
export const einsumInference: InferenceRule = ({ node, input, attributes }) => {
  const values = node.inputs.map((_, index) => input(index));
  const shapes = values.map(({ shape }) => shape);
  const { operands, output } = einsumTerms(node, attributes.string("equation", ""), shapes);
  const extents = new Map<string, Dimension>();
  operands.forEach((letters, operand) => {
    letters.forEach((letter, axis) => {
      const [extent] = broadcastShapes([extents.get(letter) ?? 1], [shapes[operand]![axis]!]);
      extents.set(letter, extent!);
    });
  });
  return [{ dtype: values[0]!.dtype, shape: output.map((letter) => extents.get(letter)!) }];
};

/** Sum of products by an equation: `build.einsum("nij,njk->nik", [a, b])`. */
export const einsum = (build: GraphBuilder, equation: string, operands: readonly Value[]): Value =>
  build.node("Einsum", operands, { attributes: { equation: attribute.string(equation) } });
