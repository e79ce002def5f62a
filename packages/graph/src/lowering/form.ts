import type { AttributeReader } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import type { Node } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";

/** What the runtime at hand can do beyond the ONNX standard; probed once (session/probe.ts). */
export interface Target {
  /** Channels in a block of onnxruntime's NCHWc kernels, 0 where it has none. */
  readonly blockedChannels: number;
  /** com.microsoft FusedMatMul. */
  readonly fusedMatMul: boolean;
  /** BatchNormalization with training_mode. */
  readonly nativeNormalization: boolean;
  /** Convolutions over three axes with groups. */
  readonly groupedVolumes: boolean;
  /** Operators of the standard that it lacks or computes wrongly, written with others (lowering/webgpu.ts). */
  readonly lacks: readonly string[];
  /** Convolutions and products in float16 that are faster than those in float32; absent: none. */
  readonly float16?: boolean;
}

/** Only operators of the ONNX standard, in forms that run on any CPU. */
export const portableTarget: Target = {
  blockedChannels: 0,
  fusedMatMul: false,
  nativeNormalization: false,
  groupedVolumes: true,
  lacks: [],
};

/** What a form sees: the node with its operands, the graph that is built in its place, and the runtime. */
export interface LoweringContext {
  readonly build: Build;
  readonly node: Node;
  readonly attributes: AttributeReader;
  readonly inputs: readonly Value[];
  readonly target: Target;
}

/** One way to compute an operator with others. Forms of an operator stand in a list; the first that applies is taken. */
export interface Form {
  readonly name: string;
  readonly applies: (context: LoweringContext) => boolean;
  /** Values of the node's outputs. */
  readonly lower: (context: LoweringContext) => readonly Value[];
}

export const always = () => true;

/** Forms of a convolution's gradient that do not know the third operand, the factor of absorbScale. */
export const withoutFactor = (forms: readonly Form[]): readonly Form[] =>
  forms.map((form) => ({ ...form, applies: (context) => context.inputs.length === 2 && form.applies(context) }));
