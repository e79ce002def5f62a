import {
  type CalibrationMethod,
  createCalibration,
  createSession,
  exposeValues,
  foldConstants,
  foldNormalization,
  type Graph,
  quantize,
  quantizedValues,
  readOnnx,
  type Tensor,
  toFloat16,
  upgradeOpset,
  writeOnnx,
} from "@foveajs/graph";
import { sha256 } from "#host";
import { fromBase64 } from "./base64.ts";
import { type ModelCard, readCard, withCard } from "./card.ts";
import { type Golden, makeGolden } from "./golden.ts";

/** Types that weights are kept in: as trained, in half the bytes, in a quarter. */
export const exportTypes = ["float32", "float16", "int8"] as const;
export type ExportType = (typeof exportTypes)[number];

/** What activations are measured on, for int8. */
export interface CalibrationData {
  /** Inputs of the model, [N, C, H, W] each. */
  readonly inputs: AsyncIterable<Tensor>;
  /** What they are, for the card: "fer2013 train (256)". */
  readonly name: string;
  readonly method: CalibrationMethod;
}

export interface ExportOptions {
  /** Name of the file, for messages. */
  readonly name: string;
  readonly to: ExportType;
  /** Must be given for int8. */
  readonly calibration?: CalibrationData | undefined;
  /** Of int8; see `quantize` of the graph package. */
  readonly weightBits?: 7 | 8;
  readonly threads: number;
}

export interface Exported {
  /** With the card, its results left out unless the type is float32. */
  readonly graph: Graph;
  readonly card: ModelCard;
  /** Of the golden outputs, from those of the file that was converted. */
  readonly largestDifference: number;
}

/** Outputs of float32 differ from machine to machine by this much at most; smaller types get no less. */
const LEAST_TOLERANCE = 1e-3;

/**
 * Converts a model's file. Its card stays, with a note and a new golden output: another runtime may differ from that by as much
 * as the conversion changed it, since it may round in other places.
 */
export async function exportModel(
  bytes: Uint8Array,
  { name, to, calibration, weightBits = 7, threads }: ExportOptions,
): Promise<Exported> {
  const whole = readOnnx(bytes);
  const { results, ...card } = readCard(whole, name);
  const plain = folded(whole);
  const ranges = calibration ? await rangesOf(plain, calibration, threads) : new Map();
  const graph = {
    float32: () => plain,
    float16: () => toFloat16(plain),
    int8: () => quantize(plain, { ranges, weightBits }),
  }[to]();
  const golden = await makeGolden(graph, card.golden.input, card.preprocessing, { threads });
  const largestDifference = differenceOf(golden, card.golden);
  const tolerance = to === "float32" ? card.golden.tolerance : Math.max(LEAST_TOLERANCE, largestDifference);
  const converted: ModelCard = {
    ...card,
    results: to === "float32" ? results : [],
    conversion: { to, from_sha256: sha256(bytes), note: noteOf(to, weightBits, calibration) },
    golden: { ...golden, tolerance },
  };
  return { graph: withCard({ ...graph, metadata: whole.metadata }, converted), card: converted, largestDifference };
}

/**
 * Converts a file of any maker, without a card. 8 bits are not among the types: ranges come from pictures, and without a card nobody
 * knows how those go in. The metadata stays.
 */
export function exportForeign(bytes: Uint8Array, to: Exclude<ExportType, "int8">): { bytes: Uint8Array; note: string } {
  const whole = readOnnx(bytes);
  const plain = folded(whole);
  const graph = to === "float16" ? toFloat16(plain) : plain;
  return { bytes: writeOnnx({ ...graph, metadata: whole.metadata }), note: noteOf(to, 7, undefined) };
}

const folded = (graph: Graph): Graph => foldNormalization(foldConstants(upgradeOpset(graph)));

/** The bytes of a converted model's file, its results in the card where it was measured. */
export const exportedBytes = ({ graph, card }: Exported, results: ModelCard["results"] = card.results): Uint8Array =>
  writeOnnx(withCard(graph, { ...card, results }));

async function rangesOf(graph: Graph, { inputs, method }: CalibrationData, threads: number) {
  const names = quantizedValues(graph);
  const calibration = createCalibration(names, { method });
  const session = await createSession(exposeValues(graph, names), { threads });
  try {
    for await (const image of inputs) calibration.update({ image, ...(await session.run({ image })) });
  } finally {
    await session.dispose();
  }
  return calibration.ranges();
}

function noteOf(to: ExportType, weightBits: 7 | 8, calibration: CalibrationData | undefined): string {
  const notes: Readonly<Record<ExportType, string>> = {
    float32: "Normalizations folded into convolutions, constants folded.",
    float16:
      "Normalizations folded into convolutions; weights and operators in half precision, inputs and outputs in float32.",
    int8: `Static quantization: ${weightBits}-bit weights with a scale a channel, 8-bit activations by ${calibration?.method.replace("_", "-")} on ${calibration?.name}.`,
  };
  return notes[to];
}

function differenceOf(golden: Golden, original: Golden): number {
  const differences = Object.entries(golden.outputs).map(([name, { values }]) => {
    const [ours, theirs] = [values, original.outputs[name]!.values].map(floatsOf);
    return ours!.reduce((largest, value, index) => Math.max(largest, Math.abs(value - theirs![index]!)), 0);
  });
  return Math.max(0, ...differences);
}

const floatsOf = (base64: string): Float32Array => new Float32Array(fromBase64(base64).buffer);
