import type { Value } from "@foveajs/graph";
import { z } from "zod";
import type { Scope } from "../layers/scope.ts";
import { pyramid, pyramidSchema } from "./pyramid.ts";
import { residual, residualSchema } from "./residual.ts";

/** A backbone as it stands in a recipe. */
export const backboneSchema = z.discriminatedUnion("family", [pyramidSchema, residualSchema]);

export type BackboneSpec = z.output<typeof backboneSchema>;

type Builders = { readonly [Family in BackboneSpec["family"]]: (scope: Scope, image: Value, spec: Extract<BackboneSpec, { family: Family }>) => Value | readonly Value[] };

const builders: Builders = { pyramid, residual };

/** Maps of the backbone, finest first. */
export function buildBackbone(scope: Scope, image: Value, spec: BackboneSpec): readonly Value[] {
  const build = builders[spec.family] as (scope: Scope, image: Value, spec: BackboneSpec) => Value | readonly Value[];
  const maps = build(scope, image, spec);
  return Array.isArray(maps) ? maps : [maps as Value];
}
