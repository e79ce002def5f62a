/** What an expression leaves on the stack: 32 bits, or a vector of 128. */
type Kind = "i32" | "v128";

/** Instructions that leave one value; its kind is what TypeScript checks operands by. */
export interface Expression<K extends Kind> {
  readonly kind: K;
  readonly code: readonly number[];
}
export type Address = Expression<"i32">;
export type Vector = Expression<"v128">;

/** Instructions that leave nothing. */
export type Statement = readonly number[];

/** A parameter or local of a function. */
export interface Variable<K extends Kind> extends Expression<K> {
  readonly set: (value: Expression<K>) => Statement;
}

/** A function of a module: all parameters are i32, none is returned. */
export interface WasmFunction {
  readonly parameters: number;
  /** The kinds of its locals, as bytes. */
  readonly locals: readonly number[];
  readonly code: readonly number[];
}

const kinds = { i32: 0x7f, v128: 0x7b } as const;

// Numbers as LEB128: seven bits a byte, lowest first.

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

const vector = (...code: (readonly number[])[]): Vector => ({ kind: "v128", code: code.flat() });
const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];
/** Where memory is read or written: no alignment is promised. */
const place = (offset: number): number[] => [0, ...unsigned(offset)];

const binary =
  <K extends Kind>(kind: K, opcode: readonly number[]) =>
  (left: Expression<K>, right: Expression<K>): Expression<K> => ({
    kind,
    code: [...left.code, ...right.code, ...opcode],
  });
const unary = (opcode: number) => (value: Vector) => vector(value.code, simd(opcode));
const shift = (opcode: number) => (value: Vector, bits: Address) => vector(value.code, bits.code, simd(opcode));
const load =
  (opcode: number) =>
  (from: Address, offset = 0) =>
    vector(from.code, simd(opcode), place(offset));
const loadLane = (opcode: number) => (from: Address, value: Vector, lane: number) =>
  vector(from.code, value.code, simd(opcode), place(0), [lane]);
const storeLane =
  (opcode: number) =>
  (to: Address, value: Vector, lane: number): Statement => [
    ...to.code,
    ...value.code,
    ...simd(opcode),
    ...place(0),
    lane,
  ];

// The instructions in use, by their names in the WebAssembly specification (release 2.0, 5.4 Instructions).

export const i32 = {
  const: (value: number): Address => ({ kind: "i32", code: [0x41, ...signed(value)] }),
  add: binary("i32", [0x6a]),
  multiply: binary("i32", [0x6c]),
  less: binary("i32", [0x49]), // lt_u
  load: (from: Address): Address => ({ kind: "i32", code: [...from.code, 0x28, ...place(0)] }),
};

export const v128 = {
  load: load(0),
  load32Splat: load(9),
  load32Zero: load(92),
  load64Zero: load(93),
  load32Lane: loadLane(86),
  load64Lane: loadLane(87),
  store: (to: Address, value: Vector, offset = 0): Statement => [
    ...to.code,
    ...value.code,
    ...simd(11),
    ...place(offset),
  ],
  store8Lane: storeLane(88),
  store32Lane: storeLane(90),
};

export const i8x16 = {
  /** Lanes 0 to 15 are those of `left`, 16 to 31 those of `right`. */
  shuffle: (left: Vector, right: Vector, lanes: readonly number[]) => vector(left.code, right.code, simd(13), lanes),
  narrowUnsigned: binary("v128", simd(102)),
};

export const i16x8 = {
  narrow: binary("v128", simd(133)),
  extendLow: unary(137),
  extendHigh: unary(138),
  add: binary("v128", simd(142)),
};

export const i32x4 = {
  splat: (value: Address) => vector(value.code, simd(17)),
  lane: (value: Vector, lane: number): Address => ({ kind: "i32", code: [...value.code, ...simd(27), lane] }),
  extendLow: unary(169), // of unsigned 16-bit lanes
  shiftLeft: shift(171),
  shiftRight: shift(172),
  add: binary("v128", simd(174)),
  subtract: binary("v128", simd(177)),
  multiply: binary("v128", simd(181)),
  /** Products of signed 16-bit lanes, summed by pairs. */
  dot: binary("v128", simd(186)),
  /** The lower two lanes: the numbers without their fractions, saturated; the upper two are 0. */
  truncate: unary(252),
};

export const f64x2 = {
  const: (value: number) => vector(simd(12), [...new Uint8Array(Float64Array.of(value, value).buffer)]),
  floor: unary(117),
  add: binary("v128", simd(240)),
  subtract: binary("v128", simd(241)),
  multiply: binary("v128", simd(242)),
  divide: binary("v128", simd(243)),
  /** Of the lower two 32-bit lanes, signed. */
  convertLow: unary(254),
};

/** Runs the body, and again while the condition holds after it. */
export function repeatWhile(body: readonly Statement[], condition: Address): Statement {
  const [loop, noResult, branchIf, end] = [0x03, 0x40, 0x0d, 0x0b];
  return [loop, noResult, ...body.flat(), ...condition.code, branchIf, 0, end];
}

/** Assembles a function from what `body` makes of its named parameters; `local` declares one more variable. */
export function wasmFunction<const Name extends string>(
  names: readonly Name[],
  body: (
    parameters: Readonly<Record<Name, Variable<"i32">>>,
    local: <K extends Kind>(kind: K) => Variable<K>,
  ) => readonly Statement[],
): WasmFunction {
  const locals: number[] = [];
  const variable = <K extends Kind>(kind: K, index: number): Variable<K> => ({
    kind,
    code: [0x20, ...unsigned(index)],
    set: (value) => [...value.code, 0x21, ...unsigned(index)],
  });
  const local = <K extends Kind>(kind: K) => variable(kind, names.length + locals.push(kinds[kind]) - 1);
  const parameters = Object.fromEntries(names.map((name, index) => [name, variable("i32", index)]));
  const code = body(parameters as Record<Name, Variable<"i32">>, local).flat();
  return { parameters: names.length, locals, code };
}

/** The bytes of a module that exports the functions by their names, and one page of memory as `memory`. */
export function assembleModule(functions: Readonly<Record<string, WasmFunction>>): Uint8Array<ArrayBuffer> {
  const list = Object.values(functions);
  const sized = (bytes: readonly number[]) => [...unsigned(bytes.length), ...bytes];
  const entries = (items: readonly (readonly number[])[]) => [...unsigned(items.length), ...items.flat()];
  const section = (id: number, items: readonly (readonly number[])[]) => [id, ...sized(entries(items))];
  const named = (name: string, kind: number, index: number) => [
    ...sized([...new TextEncoder().encode(name)]),
    kind,
    index,
  ];
  const [functionType, end] = [0x60, 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
    ...section(
      1,
      list.map(({ parameters }) => [functionType, ...entries(Array(parameters).fill([kinds.i32])), 0]),
    ),
    ...section(
      3,
      list.map((_, index) => [index]),
    ),
    ...section(5, [[0, 1]]),
    ...section(7, [named("memory", 2, 0), ...Object.keys(functions).map((name, index) => named(name, 0, index))]),
    ...section(
      10,
      list.map(({ locals, code }) => sized([...entries(locals.map((kind) => [1, kind])), ...code, end])),
    ),
  ]);
}
