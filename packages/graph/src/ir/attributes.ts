import { errors } from "../errors.ts";
import type { Attribute, Attributes, Graph, Node, Tensor } from "./types.ts";

/** Attribute makers: `attribute.ints([3, 3])`. */
export const attribute = {
  int: (value: number): Attribute => ({ type: "int", value }),
  float: (value: number): Attribute => ({ type: "float", value }),
  string: (value: string): Attribute => ({ type: "string", value }),
  ints: (value: readonly number[]): Attribute => ({ type: "ints", value }),
  floats: (value: readonly number[]): Attribute => ({ type: "floats", value }),
  strings: (value: readonly string[]): Attribute => ({ type: "strings", value }),
  tensor: (value: Tensor): Attribute => ({ type: "tensor", value }),
  graph: (value: Graph): Attribute => ({ type: "graph", value }),
};

type AttributeValues = { readonly [A in Attribute as A["type"]]: A["value"] };

/** Reads typed attributes of a node; one that is absent gives the fallback, one of another type is an error. */
export function attributesOf(node: Pick<Node, "name" | "op" | "attributes">) {
  const read = <Type extends keyof AttributeValues, Fallback>(
    type: Type,
    name: string,
    fallback: Fallback,
  ): AttributeValues[Type] | Fallback => {
    const found = (node.attributes as Attributes)[name];
    if (found === undefined) return fallback;
    if (found.type !== type) {
      throw errors["attribute-type"]({
        node: node.name,
        op: node.op,
        attribute: name,
        expected: type,
        received: found.type,
      });
    }
    return found.value as AttributeValues[Type];
  };
  return {
    has: (name: string) => node.attributes[name] !== undefined,
    int: (name: string, fallback: number): number => read("int", name, fallback),
    float: (name: string, fallback: number): number => read("float", name, fallback),
    string: (name: string, fallback: string): string => read("string", name, fallback),
    ints: (name: string, fallback: readonly number[]): readonly number[] => read("ints", name, fallback),
    optionalInts: (name: string): readonly number[] | undefined => read("ints", name, undefined),
    tensor: (name: string): Tensor | undefined => read("tensor", name, undefined),
  };
}

/** What `attributesOf` gives. */
export type AttributeReader = ReturnType<typeof attributesOf>;
