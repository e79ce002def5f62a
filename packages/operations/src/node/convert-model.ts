import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { createSession, type Session, type Tensor } from "@foveajs/graph";
import {
  exportedBytes,
  exportModel,
  goldenInput,
  inputsOf,
  type Measures,
  type ModelCard,
  type ModelSet,
  measureModel,
  openModelSet,
  readModelCard,
  writeWhole,
} from "@foveajs/vision";
import { errors } from "../errors.ts";
import type { Conversion, ConversionSide, Converted } from "../models/conversion.ts";
import { readModel } from "./face-models.ts";
import { measurers } from "./measurers.ts";

/** Runs whose median is told, after as many as warm the caches. */
const TIMED = { runs: 21, warm: 3 };

/** Converts a model's file, measures it and the original alike, and writes it with the results of its own. */
export async function convertModel(conversion: Conversion): Promise<Converted> {
  const { path, output, to, data, method, samples, measure, weightBits, threads, signal, onStage } = conversion;
  if (resolve(path) === resolve(output)) throw errors["export-onto-itself"]({ path });
  const bytes = await readModel(path);
  const card = readModelCard(bytes, path);
  const set = data && (await openModelSet(card, data));
  const seen = set ? set.calibration.slice(0, samples) : [];
  if (to === "int8" && seen.length === 0) throw errors["no-calibration"]({ model: card.name });
  onStage(seen.length > 0 && to === "int8" ? `calibrating on ${seen.length} pictures` : "converting");
  const calibration =
    set && to === "int8"
      ? { inputs: inputsOf(seen, card), name: `${set.name} ${set.calibrationPart} (${seen.length})`, method }
      : undefined;
  const exported = await exportModel(bytes, { name: path, to, calibration, weightBits, threads });
  const stop = () => {
    if (signal.aborted) throw errors.cancelled({ operation: "export", done: "nothing was written" });
  };
  stop();
  const plain = exportedBytes(exported);
  const measured = set?.measured.slice(0, measure) ?? [];
  const first = await firstOf(inputsOf(measured.slice(0, 1), card));
  const image = first ?? goldenInput(card.golden.input, card.preprocessing);
  const sides = [
    { bytes, session: await createSession(bytes, { threads }) },
    { bytes: plain, session: await createSession(plain, { threads }) },
  ] as const;
  try {
    const metrics: Measures[] = [];
    for (const [index, { session }] of sides.entries()) {
      if (measured.length > 0)
        onStage(`measuring the ${index === 0 ? "original" : "converted"} file on ${measured.length} pictures`);
      metrics.push(await measureModel(session, card, measured, measurers));
      stop();
    }
    onStage("taking the time");
    const times = await medians(
      sides.map(({ session }) => session),
      image,
    );
    const whole = measured.length > 0 ? exportedBytes(exported, resultsOf(metrics[1]!, set!, measured.length)) : plain;
    await writeModel(output, whole);
    const side = (index: 0 | 1, sizeBytes: number): ConversionSide => ({
      sizeBytes,
      milliseconds: times[index]!,
      metrics: metrics[index]!,
    });
    return {
      name: card.name,
      sha256: createHash("sha256").update(whole).digest("hex"),
      note: exported.card.conversion!.note,
      largestDifference: exported.largestDifference,
      tolerance: exported.card.golden.tolerance,
      ...(measured.length > 0 ? { measured: { data: `${set!.name} ${set!.part}`, count: measured.length } } : {}),
      input: image.shape,
      before: side(0, bytes.length),
      after: side(1, whole.length),
    };
  } finally {
    await Promise.all(sides.map(({ session }) => session.dispose()));
  }
}

const resultsOf = (metrics: Measures, { name, part }: ModelSet, count: number): ModelCard["results"] =>
  Object.entries(metrics).map(([metric, value]) => ({ data: `${name} ${part} (${count})`, metric, value }));

async function firstOf(inputs: AsyncIterable<Tensor>): Promise<Tensor | undefined> {
  for await (const input of inputs) return input;
  return undefined;
}

/** Median milliseconds of each session for one input; they take turns, so that what else the machine does meets all alike. */
async function medians(sessions: readonly Session[], image: Tensor): Promise<number[]> {
  const times = sessions.map((): number[] => []);
  for (let run = 0; run < TIMED.warm + TIMED.runs; run++) {
    for (const [index, session] of sessions.entries()) {
      const start = performance.now();
      await session.run({ image });
      if (run >= TIMED.warm) times[index]!.push(performance.now() - start);
    }
  }
  return times.map((all) => all.sort((a, b) => a - b)[Math.floor(TIMED.runs / 2)]!);
}

const writeModel = (path: string, bytes: Uint8Array): Promise<void> =>
  writeWhole(path, [bytes]).catch((cause: Error) => {
    throw errors["write-model-failed"]({ path, reason: cause.message }, { cause });
  });
