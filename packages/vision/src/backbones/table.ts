import type { Value } from "@foveajs/graph";
import { z } from "zod";
import type { Scope } from "../layers/scope.ts";
import { pyramid, pyramidSchema, pyramidStrides } from "./pyramid.ts";
import { residual, residualSchema } from "./residual.ts";

/** A backbone as it stands in a recipe. */
export const backboneSchema = z.discriminatedUnion("family", [pyramidSchema, residualSchema]);

export type BackboneSpec = z.output<typeof backboneSchema>;

interface Backbone<Spec> {
  readonly build: (scope: Scope, image: Value, spec: Spec) => readonly Value[];
  /** Stride of each map in pixels of the input, finest first. */
  readonly strides: (spec: Spec) => readonly number[];
  /** Sides of the input must be multiples of this. */
  readonly multiple: number;
}

/** Backbones by family. */
export const backbones: {
  readonly [Family in BackboneSpec["family"]]: Backbone<Extract<BackboneSpec, { family: Family }>>;
} = {
  pyramid: { build: pyramid, strides: () => pyramidStrides, multiple: 32 },
  residual: { build: residual, strides: ({ widths }) => widths.map((_, stage) => 2 ** (stage + 1)), multiple: 1 },
};

/** The backbone of a spec; its schema has checked that the spec is of this family. */
export const backboneOf = ({ family }: BackboneSpec): Backbone<BackboneSpec> =>
  backbones[family] as unknown as Backbone<BackboneSpec>;

/** Maps of the backbone, finest first. */
export const buildBackbone = (scope: Scope, image: Value, spec: BackboneSpec): readonly Value[] =>
  backboneOf(spec).build(scope, image, spec);
