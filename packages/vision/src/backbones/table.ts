import type { Value } from "@foveajs/graph";
import { z } from "zod";
import type { Scope } from "../layers/scope.ts";
import { pyramid, pyramidSchema, pyramidSpecOf, pyramidStrides } from "./pyramid.ts";
import { residual, residualSchema, residualSpecOf } from "./residual.ts";

/** A backbone as it stands in a recipe. */
export const backboneSchema = z.discriminatedUnion("family", [pyramidSchema, residualSchema]);

export type BackboneSpec = z.output<typeof backboneSchema>;

interface Backbone<Spec> {
  readonly build: (scope: Scope, image: Value, spec: Spec) => readonly Value[];
  /** Stride of each map in pixels of the input, finest first. */
  readonly strides: (spec: Spec) => readonly number[];
  /** Sides of the input must be multiples of this. */
  readonly multiple: number;
  /** The spec that a network of this family has, told by the shapes of its weights ("stem.conv.weight"); undefined for others. */
  readonly specOf: (shapeOf: (weight: string) => readonly number[] | undefined) => Spec | undefined;
}

/** Backbones by family. */
export const backbones: {
  readonly [Family in BackboneSpec["family"]]: Backbone<Extract<BackboneSpec, { family: Family }>>;
} = {
  pyramid: { build: pyramid, strides: () => pyramidStrides, multiple: 32, specOf: pyramidSpecOf },
  residual: {
    build: residual,
    strides: ({ widths }) => widths.map((_, stage) => 2 ** (stage + 1)),
    multiple: 1,
    specOf: residualSpecOf,
  },
};

/** The backbone of a spec; its schema has checked that the spec is of this family. */
export const backboneOf = ({ family }: BackboneSpec): Backbone<BackboneSpec> =>
  backbones[family] as unknown as Backbone<BackboneSpec>;

/** The backbone that weights of these shapes belong to; undefined where no family has such. */
export const recognizeBackbone = (
  shapeOf: (weight: string) => readonly number[] | undefined,
): BackboneSpec | undefined =>
  Object.values(backbones)
    .map(({ specOf }) => specOf(shapeOf))
    .find((spec) => spec !== undefined);

/** Maps of the backbone, finest first. */
export const buildBackbone = (scope: Scope, image: Value, spec: BackboneSpec): readonly Value[] =>
  backboneOf(spec).build(scope, image, spec);
