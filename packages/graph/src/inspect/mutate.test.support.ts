import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Random } from "../contract.test.support.ts";

/** A field of a message that holds bytes or a message: where its tag, its length and its content stand. */
interface Field {
  readonly path: string;
  readonly tagAt: number;
  readonly lengthAt: number;
  readonly contentAt: number;
  readonly end: number;
  readonly parents: readonly Field[];
}

/** Fields that are messages themselves, by path of field numbers (onnx.proto). */
const messages: ReadonlySet<string> = new Set([
  ...["7", "8", "14"],
  ...["7.1", "7.5", "7.11", "7.12", "7.13"],
  ...["7.1.5", "7.1.5.5"],
  ...["7.11.2", "7.12.2", "7.11.2.1", "7.12.2.1", "7.11.2.1.2", "7.12.2.1.2", "7.11.2.1.2.1", "7.12.2.1.2.1"],
]);

/** A damaged or hostile copy of a model's file, with what was done to it. */
export interface Mutation {
  readonly kind: string;
  readonly bytes: Uint8Array;
}

type Mutate = (bytes: Uint8Array, fields: readonly Field[], random: Random) => Uint8Array;

/** All fields that hold bytes or messages, outer ones before inner ones. */
export function fieldsOf(bytes: Uint8Array): readonly Field[] {
  const fields: Field[] = [];
  const reader = new BinaryReader(bytes);
  const walk = (end: number, parents: readonly Field[]): void => {
    while (reader.pos < end) {
      const tagAt = reader.pos;
      const [number, wire] = reader.tag();
      if (wire !== WireType.LengthDelimited) {
        reader.skip(wire, number);
        continue;
      }
      const lengthAt = reader.pos;
      const length = reader.uint32();
      const path = [...(parents.length > 0 ? [parents.at(-1)!.path] : []), number].join(".");
      const field = { path, tagAt, lengthAt, contentAt: reader.pos, end: reader.pos + length, parents };
      fields.push(field);
      if (messages.has(path)) walk(field.end, [...parents, field]);
      reader.pos = field.end;
    }
  };
  walk(bytes.length, []);
  return fields;
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

const varint = (value: number): Uint8Array => new BinaryWriter().uint64(value).finish();

/** The file with `inserted` in place of the bytes from `from` to `to`; the lengths of all messages around are set right. */
function splice(
  bytes: Uint8Array,
  parents: readonly Field[],
  from: number,
  to: number,
  inserted: Uint8Array,
): Uint8Array {
  let [start, end, middle] = [from, to, inserted];
  for (const { lengthAt, contentAt, end: parentEnd } of parents.toReversed()) {
    const content = joined(bytes.subarray(contentAt, start), middle, bytes.subarray(end, parentEnd));
    middle = joined(varint(content.length), content);
    [start, end] = [lengthAt, parentEnd];
  }
  return joined(bytes.subarray(0, start), middle, bytes.subarray(end));
}

const anyOf = (fields: readonly Field[], random: Random, path?: RegExp): Field => {
  const fitting = path ? fields.filter((field) => path.test(field.path)) : fields;
  return random.pick(fitting.length > 0 ? fitting : fields);
};

const message = (field: number, content: Uint8Array): Uint8Array =>
  joined(new BinaryWriter().tag(field, WireType.LengthDelimited).finish(), varint(content.length), content);

/** A node whose attribute is a graph with a node whose attribute is a graph, and so on; each level has 12 bytes or more of its own. */
function nestedNode(depth: number): Uint8Array {
  let graph: Uint8Array = new Uint8Array();
  for (let level = 0; level < depth; level++) {
    const name = Uint8Array.of(0x0a, 1, 0x61);
    const attribute = message(5, joined(name, message(6, graph), Uint8Array.of(0xa0, 1, 5)));
    graph = message(1, joined(Uint8Array.of(0x22, 2, 0x49, 0x66), attribute)); // "If"
  }
  return graph;
}

const hugeExtents = [2 ** 31, 2 ** 40, 2 ** 52, -1, 0, 2 ** 33 + 1];

const kinds: Readonly<Record<string, Mutate>> = {
  "bytes replaced": (bytes, fields, random) => {
    const copy = bytes.slice();
    // structure rather than weights, most of the time: short fields
    const short = fields.filter(({ contentAt, end }) => end - contentAt < 200);
    for (let count = random.integer(1, 8); count > 0; count--) {
      const field = random.pick(short);
      const at =
        random.uniform() < 0.8 ? random.integer(field.tagAt, field.end - 1) : random.integer(0, bytes.length - 1);
      copy[at] = random.integer(0, 255);
    }
    return copy;
  },
  "a bit flipped": (bytes, fields, random) => {
    const copy = bytes.slice();
    const { tagAt, contentAt } = anyOf(fields, random);
    copy[random.integer(tagAt, contentAt)]! ^= 1 << random.integer(0, 7);
    return copy;
  },
  "cut off": (bytes, _, random) => bytes.subarray(0, random.integer(0, bytes.length - 1)),
  "a piece missing": (bytes, _, random) => {
    const from = random.integer(0, bytes.length - 1);
    return joined(bytes.subarray(0, from), bytes.subarray(from + random.integer(1, 4000)));
  },
  "a block of zeros": (bytes, _, random) => {
    const copy = bytes.slice();
    const from = random.integer(0, bytes.length - 1);
    return copy.fill(0, from, from + random.integer(1, 5000));
  },
  "another length": (bytes, fields, random) => {
    const { lengthAt, contentAt, end } = anyOf(fields, random);
    const length = end - contentAt;
    const wrong = random.pick([
      0,
      1,
      length + 1,
      Math.max(0, length - 1),
      length * 2,
      2 ** 31 - 1,
      2 ** 32 - 1,
      2 ** 40,
    ]);
    return joined(bytes.subarray(0, lengthAt), varint(wrong), bytes.subarray(contentAt));
  },
  "a field twice": (bytes, fields, random) => {
    const { tagAt, end, parents } = anyOf(fields, random, /^7\./);
    return splice(bytes, parents, end, end, bytes.slice(tagAt, end));
  },
  "a field missing": (bytes, fields, random) => {
    const { tagAt, end, parents } = anyOf(fields, random);
    return splice(bytes, parents, tagAt, end, new Uint8Array());
  },
  "two fields exchanged": (bytes, fields, random) => {
    const path = anyOf(fields, random, /^7\.(1|5|11|12)$/).path;
    const [a, b] = [anyOf(fields, random, new RegExp(`^${path}$`)), anyOf(fields, random, new RegExp(`^${path}$`))];
    const [first, second] = a.tagAt < b.tagAt ? [a, b] : [b, a];
    if (first === second) return bytes;
    const middle = joined(
      bytes.subarray(second.tagAt, second.end),
      bytes.subarray(first.end, second.tagAt),
      bytes.subarray(first.tagAt, first.end),
    );
    return splice(bytes, first.parents, first.tagAt, second.end, middle);
  },
  "graphs in graphs": (bytes, fields, random) => {
    const graph = anyOf(fields, random, /^7$/);
    return splice(bytes, [graph], graph.contentAt, graph.contentAt, nestedNode(random.pick([2, 20, 200, 2000])));
  },
  "groups in groups": (bytes, fields, random) => {
    const { contentAt, parents } = anyOf(fields, random, /^7\./);
    // wire type 3 opens a group of field 30 that is never closed
    return splice(
      bytes,
      parents,
      contentAt,
      contentAt,
      new Uint8Array(random.pick([10, 1000, 100_000])).fill(((30 << 3) & 0x7f) | 3),
    );
  },
  "huge extents of a tensor": (bytes, fields, random) => {
    const tensor = anyOf(fields, random, /^7\.5$|^7\.1\.5\.5$/);
    const extents = Array.from({ length: random.integer(1, 3) }, () => random.pick(hugeExtents));
    const dims = joined(...extents.map((extent) => new BinaryWriter().tag(1, WireType.Varint).int64(extent).finish()));
    return splice(bytes, [...tensor.parents, tensor], tensor.contentAt, tensor.contentAt, dims);
  },
  "huge extents of an input": (bytes, fields, random) => {
    const shape = anyOf(fields, random, /^7\.1[12]\.2\.1\.2$/);
    const dims = Array.from({ length: random.integer(1, 4) }, () =>
      message(1, new BinaryWriter().tag(1, WireType.Varint).int64(random.pick(hugeExtents)).finish()),
    );
    return splice(bytes, [...shape.parents, shape], shape.contentAt, shape.end, joined(...dims));
  },
  "huge numbers of an attribute": (bytes, fields, random) => {
    const attribute = anyOf(fields, random, /^7\.1\.5$/);
    const numbers = Array.from({ length: random.integer(1, 3) }, () =>
      new BinaryWriter()
        .tag(random.pick([3, 8]), WireType.Varint)
        .int64(random.pick(hugeExtents))
        .finish(),
    );
    return splice(bytes, [...attribute.parents, attribute], attribute.end, attribute.end, joined(...numbers));
  },
};

/** One mutation of a file, drawn from all kinds. */
export function mutate(bytes: Uint8Array, fields: readonly Field[], random: Random): Mutation {
  const kind = random.pick(Object.keys(kinds));
  return { kind, bytes: kinds[kind]!(bytes, fields, random) };
}
