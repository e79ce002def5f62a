import { errors } from "../errors.ts";
import { formatShape } from "./shapes.ts";
import { filled, int64 } from "./tensors.ts";
import type { Attributes, DataType, Graph, Node, Shape, Tensor, TensorType, ValueInfo } from "./types.ts";

/** A value inside a graph that is being built: its name and its type. */
export interface Value {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: Shape;
}

/** Type of an output, with its elements where they follow from constants and shapes alone (the shape operands of exported models). */
export interface InferredType extends TensorType {
  readonly constant?: Tensor | undefined;
}

/** Types of a node's outputs; given to the builder so that `ir` need not know the operators. */
export type InferTypes = (node: Node, builder: GraphBuilder) => readonly InferredType[];

/** What a node has besides operator and inputs; its name is that of its first output unless told. */
export interface NodeOptions {
  readonly attributes?: Attributes;
  readonly domain?: string;
  readonly name?: string;
  /** Number of outputs, 1 unless told. */
  readonly outputCount?: number;
  /** Names of the outputs, made up unless told. */
  readonly outputs?: readonly string[];
}

/** Where a builder starts: with an empty graph of opset 21 named "graph" unless told. */
export interface BuilderOptions {
  readonly name?: string;
  readonly opset?: number;
  /** Graph to start from. */
  readonly from?: Graph;
  /** Graph whose value names are never made up: those of nodes that will be appended as they stand. */
  readonly avoiding?: Graph;
}

/** Collects inputs, constants and nodes; `build()` gives the immutable graph. Starts empty or from a graph. */
export class GraphBuilder {
  readonly #infer: InferTypes;
  readonly #name: string;
  readonly #metadata: Readonly<Record<string, string>>;
  readonly #opsets: Record<string, number>;
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #nodes: Node[] = [];
  readonly #initializers = new Map<string, Tensor>();
  readonly #values = new Map<string, Value>();
  readonly #shared = new Map<string, Value>();
  readonly #avoided: ReadonlySet<string>;
  readonly #computed = new Map<string, Tensor>();
  #counter = 0;

  constructor(infer: InferTypes, { name = "graph", opset = 21, from, avoiding }: BuilderOptions = {}) {
    this.#infer = infer;
    this.#avoided = new Set(avoiding ? valueNames(avoiding) : []);
    this.#name = from?.name ?? name;
    this.#metadata = from?.metadata ?? {};
    this.#opsets = { "": opset, ...from?.opsets };
    if (!from) return;
    for (const input of from.inputs) {
      if (!from.initializers.has(input.name)) this.input(input.name, knownShape(input), input.dtype);
    }
    for (const [tensorName, tensor] of from.initializers) this.constant(tensor, tensorName);
    for (const node of from.nodes) this.append(node);
    for (const output of from.outputs) this.output(this.value(output.name), output.name);
  }

  get opset(): number {
    return this.#opsets[""] ?? 1;
  }

  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  /** A declared input of the graph. */
  input(name: string, shape: Shape, dtype: DataType = "float32"): Value {
    this.#inputs.push({ name, dtype, shape });
    return this.#define({ name, dtype, shape });
  }

  /** A tensor that belongs to the graph (a weight or a constant). */
  constant(tensor: Tensor, name = this.uniqueName("constant")): Value {
    this.#initializers.set(name, tensor);
    return this.#define({ name, dtype: tensor.dtype, shape: tensor.shape });
  }

  /** A float32 scalar; equal ones are shared. */
  scalar(value: number): Value {
    return this.#share(`scalar ${value}`, () => filled([], value));
  }

  /** A one-dimensional int64 constant (shape, axes, pads); equal ones are shared. */
  integers(values: readonly number[]): Value {
    return this.#share(`integers ${values.join()}`, () => int64(values));
  }

  #share(key: string, make: () => Tensor): Value {
    const found = this.#shared.get(key);
    if (found) return found;
    const made = this.constant(make());
    this.#shared.set(key, made);
    return made;
  }

  /** Appends a node and returns its outputs with their inferred types. */
  nodeOutputs(op: string, inputs: readonly (Value | undefined)[], options: NodeOptions = {}): readonly Value[] {
    const { attributes = {}, domain = "", outputCount = 1 } = options;
    const outputs = options.outputs ?? Array.from({ length: outputCount }, () => this.uniqueName(op));
    const name = options.name ?? outputs.find((output) => output !== "") ?? this.uniqueName(op);
    return this.append({ name, domain, op, inputs: inputs.map((input) => input?.name ?? ""), outputs, attributes });
  }

  /** Appends a node of one output. */
  node(op: string, inputs: readonly (Value | undefined)[], options: NodeOptions = {}): Value {
    return this.nodeOutputs(op, inputs, options)[0]!;
  }

  /** Appends a node as it stands (its inputs must exist). */
  append(node: Node): readonly Value[] {
    for (const input of node.inputs) {
      if (input !== "" && !this.#values.has(input)) throw errors["unknown-value"]({ value: input, node: node.name });
    }
    this.#nodes.push(node);
    this.#opsets[node.domain] ??= 1;
    const types = this.#infer(node, this);
    return node.outputs.map((output, index) => {
      const type = types[index];
      if (type?.constant && output !== "") this.#computed.set(output, type.constant);
      const value = { name: output, dtype: type?.dtype ?? "float32", shape: type?.shape ?? [] };
      return output === "" ? value : this.#define(value);
    });
  }

  /** Declares an output of the graph under its own or another name. */
  output(value: Value, name = value.name): Value {
    const named = name === value.name ? value : this.node("Identity", [value], { outputs: [name], name });
    this.#outputs.push({ name, dtype: value.dtype, shape: value.shape });
    return named;
  }

  value(name: string): Value {
    const found = this.#values.get(name);
    if (!found) throw errors["unknown-value"]({ value: name, node: this.#name });
    return found;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The tensor behind a value, where it is a constant of the graph or follows from constants. */
  constantOf(value: Value | undefined): Tensor | undefined {
    return value && (this.#initializers.get(value.name) ?? this.#computed.get(value.name));
  }

  uniqueName(prefix: string): string {
    let name: string;
    do name = `${prefix}_${this.#counter++}`;
    while (this.#values.has(name) || this.#avoided.has(name));
    return name;
  }

  build({ metadata = this.#metadata }: { metadata?: Readonly<Record<string, string>> } = {}): Graph {
    const domains = new Set(["", ...this.#nodes.map((node) => node.domain)]);
    return {
      name: this.#name,
      opsets: Object.fromEntries(Object.entries(this.#opsets).filter(([domain]) => domains.has(domain))),
      inputs: [...this.#inputs],
      outputs: [...this.#outputs],
      nodes: [...this.#nodes],
      initializers: new Map(this.#initializers),
      metadata,
    };
  }

  #define(value: Value): Value {
    if (this.#values.has(value.name)) {
      throw errors["value-made-twice"]({
        value: value.name,
        first: "an earlier part of the graph",
        second: "a later one",
      });
    }
    this.#values.set(value.name, value);
    return value;
  }
}

function* valueNames({ inputs, initializers, nodes, outputs }: Graph): Generator<string> {
  for (const { name } of inputs) yield name;
  yield* initializers.keys();
  for (const node of nodes) yield* node.outputs;
  for (const { name } of outputs) yield name;
}

/** An input of unknown rank cannot be built upon: no shape follows from it. */
export function knownShape({ name, shape }: ValueInfo): Shape {
  if (!shape) throw errors["shape-not-static"]({ value: name, shape: formatShape(shape) });
  return shape;
}
