import { errors } from "../errors.ts";
import { type AttributeReader, attributesOf } from "../ir/attributes.ts";
import { knownShape, type Value } from "../ir/builder.ts";
import { staticShape } from "../ir/shapes.ts";
import { numbersOf } from "../ir/tensors.ts";
import type { Graph, Node } from "../ir/types.ts";
import { type Build, createBuilder } from "../ops/build.ts";

/** A recurrent node with its operands. */
export interface Recurrent {
  readonly build: Build;
  readonly node: Node;
  readonly attributes: AttributeReader;
  readonly inputs: readonly (Value | undefined)[];
}

/** One direction of one node, its operands without the axis of directions. */
interface Direction {
  readonly build: Build;
  /** R^T [hidden, gates hidden], and the halves of the bias, each [gates hidden]. */
  readonly recurrence: Value;
  readonly inputBias: Value | undefined;
  readonly recurrentBias: Value | undefined;
  readonly peepholes: Value | undefined;
  readonly hidden: number;
  readonly activations: readonly ((x: Value) => Value)[];
}

/** What a step reads and leaves: the hidden state and, in an LSTM, the cell state, each [batch, hidden]. */
type State = readonly Value[];

/** A kind of cell: how many gates and states, what is added to x W^T once for all steps, and one step. */
interface Cell {
  readonly gates: number;
  readonly states: number;
  readonly activations: readonly string[];
  readonly bias: (direction: Direction) => Value | undefined;
  readonly step: (direction: Direction, projected: Value, state: State) => State;
}

const cut = ({ build, hidden }: Direction, x: Value, axis: number, first: number, last = first + 1): Value =>
  build.slice(x, { axes: [axis], starts: [first * hidden], ends: [last * hidden] });

const sumOf = (build: Build, a: Value | undefined, b: Value | undefined): Value | undefined =>
  a && b ? build.add(a, b) : (a ?? b);

/**
 * With gates of x W^T + h R^T + b: i, f, o = sigmoid, g = tanh; c' = f c + i g, h' = o tanh(c').
 * Peepholes add P_i c, P_f c and P_o c'.
 */
const lstmCell: Cell = {
  gates: 4,
  states: 2,
  activations: ["Sigmoid", "Tanh", "Tanh"],
  bias: ({ build, inputBias, recurrentBias }) => sumOf(build, inputBias, recurrentBias),
  step: (direction, projected, [h, c]) => {
    const { build, recurrence, peepholes, activations, hidden } = direction;
    const [gate, content, output] = activations as [Activation, Activation, Activation];
    const all = build.add(projected, build.matMul(h!, recurrence));
    const [i, o, f, g] = build.split(all, { axis: 1, sizes: [hidden, hidden, hidden, hidden] });
    const seen = (x: Value, place: number, state: Value) =>
      peepholes ? build.add(x, build.mul(cut(direction, peepholes, 0, place), state)) : x;
    const kept = build.mul(gate(seen(f!, 2, c!)), c!);
    const next = build.add(kept, build.mul(gate(seen(i!, 0, c!)), content(g!)));
    return [build.mul(gate(seen(o!, 1, next)), output(next)), next];
  },
};

type Activation = (x: Value) => Value;

/**
 * z, r = sigmoid of their gates; n = tanh(x W_n^T + (r h) R_n^T + b), or tanh(x W_n^T + b + r (h R_n^T + b_R)) where
 * linear_before_reset is set; h' = (1 - z) n + z h.
 */
const gruCell = (isLinearBeforeReset: boolean): Cell => ({
  gates: 3,
  states: 1,
  activations: ["Sigmoid", "Tanh"],
  bias: (direction) => {
    const { build, inputBias, recurrentBias } = direction;
    if (!isLinearBeforeReset || !inputBias || !recurrentBias) return sumOf(build, inputBias, recurrentBias);
    const both = build.add(cut(direction, inputBias, 0, 0, 2), cut(direction, recurrentBias, 0, 0, 2));
    return build.concat([both, cut(direction, inputBias, 0, 2)], { axis: 0 });
  },
  step: (direction, projected, [h]) => {
    const { build, recurrence, recurrentBias, activations } = direction;
    const [gate, content] = activations as [Activation, Activation];
    const gates = gate(
      build.add(cut(direction, projected, 1, 0, 2), build.matMul(h!, cut(direction, recurrence, 1, 0, 2))),
    );
    const [z, r] = [cut(direction, gates, 1, 0), cut(direction, gates, 1, 1)];
    const own = cut(direction, recurrence, 1, 2);
    const linear = () => {
      const product = build.matMul(h!, own);
      return recurrentBias ? build.add(product, cut(direction, recurrentBias, 0, 2)) : product;
    };
    const recalled = isLinearBeforeReset ? build.mul(r, linear()) : build.matMul(build.mul(r, h!), own);
    const n = content(build.add(cut(direction, projected, 1, 2), recalled));
    return [build.add(n, build.mul(z, build.sub(h!, n)))];
  },
});

const cellOf = ({ node, attributes }: Recurrent): Cell =>
  node.op === "LSTM" ? lstmCell : gruCell(attributes.int("linear_before_reset", 0) === 1);

/**
 * An LSTM or GRU written step by step in other operators. Its gradient is that of the steps: a rule of its own would need every
 * gate and cell state of every step, which the operator keeps to itself, so it would compute the same steps again.
 */
export function unrolled(recurrent: Recurrent): readonly Value[] {
  const { build, node, attributes, inputs } = recurrent;
  const cell = cellOf(recurrent);
  const x = inputs[0]!;
  const [steps, batch, features] = staticShape(x.shape, x.name) as [number, number, number];
  refuse(recurrent, steps);
  const count = inputs[2]!.shape[0] as number;
  const flat = build.reshape(x, [steps * batch, features]);
  const isReversed = (index: number) => index === 1 || attributes.string("direction", "forward") === "reverse";
  const runs = Array.from({ length: count }, (_, index) => {
    const direction = directionOf(recurrent, cell, index);
    const { hidden } = direction;
    const product = build.matMul(flat, build.transpose(part(build, inputs[1]!, index), [1, 0]));
    const bias = cell.bias(direction);
    const projected = build.reshape(bias ? build.add(product, bias) : product, [steps, batch, cell.gates * hidden]);
    const slices = build.split(projected, { axis: 0, sizes: new Array<number>(steps).fill(1) });
    let state: State = Array.from({ length: cell.states }, (_state, place) =>
      initialState(recurrent, place, index, [batch, hidden]),
    );
    const hiddenStates = new Array<Value>(steps);
    for (let step = 0; step < steps; step++) {
      const time = isReversed(index) ? steps - 1 - step : step;
      state = cell.step(direction, build.reshape(slices[time]!, [batch, cell.gates * hidden]), state);
      hiddenStates[time] = build.reshape(state[0]!, [1, 1, batch, hidden]);
    }
    return {
      y: build.concat(hiddenStates, { axis: 0 }),
      last: state.map((value) => build.reshape(value, [1, batch, hidden])),
    };
  });
  const y = build.concat(
    runs.map((run) => run.y),
    { axis: 1 },
  );
  const last = Array.from({ length: cell.states }, (_, place) =>
    build.concat(
      runs.map((run) => run.last[place]!),
      { axis: 0 },
    ),
  );
  return [y, ...last].slice(0, node.outputs.length);
}

/** Operand of one direction without the axis of directions. */
const part = (build: Build, value: Value, index: number): Value => {
  const own = value.shape[0] === 1 ? value : build.slice(value, { axes: [0], starts: [index], ends: [index + 1] });
  return build.reshape(own, staticShape(value.shape, value.name).slice(1));
};

function directionOf({ build, node, inputs }: Recurrent, cell: Cell, index: number): Direction {
  const recurrence = build.transpose(part(build, inputs[2]!, index), [1, 0]);
  const hidden = recurrence.shape[0] as number;
  const bias = inputs[3] && part(build, inputs[3], index);
  const half = (first: number) =>
    bias &&
    build.slice(bias, { axes: [0], starts: [first * cell.gates * hidden], ends: [(first + 1) * cell.gates * hidden] });
  const names = node.attributes.activations;
  const chosen =
    names?.type === "strings"
      ? names.value.slice(index * cell.activations.length, (index + 1) * cell.activations.length)
      : cell.activations;
  return {
    build,
    recurrence,
    hidden,
    inputBias: half(0),
    recurrentBias: half(1),
    peepholes: node.op === "LSTM" && inputs[7] ? part(build, inputs[7], index) : undefined,
    activations: chosen.map((name) => (x) => activation(build, node, name, x)),
  };
}

/** The states that are given start from input 5 on. */
function initialState({ build, inputs }: Recurrent, place: number, index: number, shape: readonly number[]): Value {
  const given = inputs[5 + place];
  return given ? part(build, given, index) : build.expand(build.scalar(0), shape);
}

const unsupported = (node: Node, feature: string) =>
  errors["gradient-unsupported"]({ node: node.name, op: node.op, feature });

function activation(build: Build, node: Node, name: string, x: Value): Value {
  switch (name.toLowerCase()) {
    case "sigmoid":
      return build.sigmoid(x);
    case "tanh":
      return build.tanh(x);
    case "relu":
      return build.relu(x);
    case "softsign":
      return build.softsign(x);
    default:
      throw unsupported(node, `the activation ${name}`);
  }
}

function refuse({ build, node, attributes, inputs }: Recurrent, steps: number): void {
  if (attributes.int("layout", 0) !== 0) throw unsupported(node, "the layout with the batch first");
  if (attributes.has("clip")) throw unsupported(node, "clipped gates");
  if (attributes.int("input_forget", 0) !== 0) throw unsupported(node, "coupled input and forget gates");
  const lengths = build.constantOf(inputs[4]);
  if (inputs[4] && !(lengths && numbersOf(lengths).every((length) => length === steps)))
    throw unsupported(node, "sequences shorter than the longest");
}

/** The graph with every LSTM and GRU written step by step, so that a training step does not compute them twice. */
export function unrollRecurrent(graph: Graph): Graph {
  const isRecurrent = ({ domain, op }: Node) => domain === "" && (op === "LSTM" || op === "GRU");
  if (!graph.nodes.some(isRecurrent)) return graph;
  const build = createBuilder({ name: graph.name, opset: graph.opsets[""] ?? 1, avoiding: graph });
  for (const input of graph.inputs)
    if (!graph.initializers.has(input.name)) build.input(input.name, knownShape(input), input.dtype);
  for (const [name, tensor] of graph.initializers) build.constant(tensor, name);
  for (const node of graph.nodes) {
    if (!isRecurrent(node)) {
      build.append(node);
      continue;
    }
    const inputs = node.inputs.map((name) => (name === "" ? undefined : build.value(name)));
    unrolled({ build, node, attributes: attributesOf(node), inputs }).forEach((value, index) => {
      const name = node.outputs[index]!;
      if (name !== "") build.node("Identity", [value], { outputs: [name], name: `${node.name}/output${index}` });
    });
  }
  for (const { name } of graph.outputs) build.output(build.value(name), name);
  return build.build({ metadata: graph.metadata });
}
