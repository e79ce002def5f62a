import type { Build, Value } from "@foveajs/graph";
import type { Affine } from "../image/affine.ts";
import type { Scope } from "../layers/scope.ts";

/** A tensor that a task's loss reads for every sample, without the batch axis. */
export interface TargetTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Size of a training picture in pixels. */
export interface InputSize {
  readonly width: number;
  readonly height: number;
}

/** How a picture lies in the network's input. */
export interface Placement {
  /** From pixels of the picture to pixels of the input. */
  readonly toInput: Affine;
  /** Whether left and right have changed places (which `toInput` contains). */
  readonly isMirrored: boolean;
}

/**
 * One thing that a model learns and tells: its part of the network, its loss, how its labels become tensors. What its outputs mean is
 * decoded by functions of the same file. `Spec` is its part of a recipe and of a model's card.
 */
export interface Task<Spec extends { readonly name: string }, Label> {
  /** Outputs of the model by name, from the backbone's maps, finest first. */
  readonly head: (
    scope: Scope,
    maps: readonly Value[],
    spec: Spec,
  ) => readonly { readonly name: string; readonly value: Value }[];
  readonly targets: (spec: Spec, size: InputSize) => readonly TargetTensor[];
  /** A label of the picture as one of the input: points move along, sides change places. Absent: moving the picture changes nothing. */
  readonly place?: (label: Label, spec: Spec, placement: Placement) => Label;
  /** The targets of a sample, in the order of `targets`; an absent label gives weights of 0. */
  readonly encode: (label: Label | undefined, spec: Spec, size: InputSize) => readonly Float32Array[];
  /** A scalar; samples without a label do not count. */
  readonly loss: (
    build: Build,
    outputs: readonly Value[],
    targets: readonly Value[],
    spec: Spec,
    size: InputSize,
  ) => Value;
}
