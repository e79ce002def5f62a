import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { createSession, type Graph, readOnnx, type Tensor } from "@foveajs/graph";
import {
  CARD_KEY,
  exportedBytes,
  exportModel,
  goldenInput,
  inputsOf,
  isTrainedOn,
  type Measures,
  type ModelCard,
  type ModelSet,
  measureModel,
  openModelSet,
  openRecipeSet,
  partsOf,
  pictureHash,
  readCard,
  readRecipe,
  readTrainingPictures,
} from "@foveajs/vision";
import { errors } from "../errors.ts";
import type { Conversion, ConversionSide, Converted } from "../models/conversion.ts";
import { convertForeign } from "./convert-foreign.ts";
import { medians, writeModel } from "./converted-file.ts";
import { readModel } from "./face-models.ts";
import { measurers } from "./measurers.ts";

/** Converts a model's file, measures it and the original alike, and writes it with the results of its own. */
export async function convertModel(
  conversion: Conversion,
  { dataFolders }: { dataFolders: readonly string[] },
): Promise<Converted> {
  const { path, output, to, data, method, samples, measure, weightBits, threads, signal, onStage } = conversion;
  if (resolve(path) === resolve(output)) throw errors["export-onto-itself"]({ path });
  const bytes = await readModel(path);
  const whole = readOnnx(bytes);
  if (!(CARD_KEY in whole.metadata)) return convertForeign(conversion, bytes);
  const card = readCard(whole, path);
  const set = data && (await unseen(await openSet(card, data, dataFolders), whole, path));
  const seen = set ? set.calibration.slice(0, samples) : [];
  if (to === "int8" && seen.length === 0) throw noCalibration(card, conversion);
  onStage(seen.length > 0 && to === "int8" ? `calibrating on ${seen.length} pictures` : "converting");
  const calibration =
    set && to === "int8"
      ? { inputs: inputsOf(seen, card), name: partsOf(seen, set.calibrationPart), method }
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
      { image },
    );
    const written = set && measured.length > 0 ? exportedBytes(exported, resultsOf(metrics[1]!, set, measured)) : plain;
    await writeModel(output, written);
    const side = (index: 0 | 1, sizeBytes: number): ConversionSide => ({
      sizeBytes,
      milliseconds: times[index]!,
      metrics: metrics[index]!,
    });
    return {
      name: card.name,
      sha256: createHash("sha256").update(written).digest("hex"),
      note: exported.card.conversion!.note,
      largestDifference: exported.largestDifference,
      tolerance: exported.card.golden.tolerance,
      ...(set && measured.length > 0
        ? { measured: { data: partsOf(measured, set.part), count: measured.length } }
        : { unmeasured: set?.unmeasured ?? unnamed(conversion) }),
      input: image.shape,
      before: side(0, bytes.length),
      after: side(1, written.length),
    };
  } finally {
    await Promise.all(sides.map(({ session }) => session.dispose()));
  }
}

/** The pictures of a data set, or those of the model's recipe, which must be the very one: another may hold out other pictures. */
async function openSet(
  card: ModelCard,
  data: NonNullable<Conversion["data"]>,
  dataFolders: readonly string[],
): Promise<ModelSet> {
  if ("folder" in data) return openModelSet(card, data);
  const { recipe, sha256 } = await readRecipe(data.recipe);
  if (sha256 !== card.recipe.sha256)
    throw errors["other-recipe"]({
      model: card.name,
      recipe: data.recipe,
      expected: card.recipe.sha256,
      received: sha256,
    });
  return openRecipeSet(card, recipe, data.dataFolders ?? dataFolders);
}

/** What is held out here, and not by the model's training, is measured only where the file does not list it as trained on. */
async function unseen(set: ModelSet, graph: Graph, path: string): Promise<ModelSet> {
  const listed = readTrainingPictures(graph, path);
  if (set.part !== "held out" || !listed || set.measured.length === 0) return set;
  const measured: (typeof set.measured)[number][] = [];
  for (const entry of set.measured) {
    const picture = await entry.set.dataset.load(entry.sample);
    if (!isTrainedOn(listed, pictureHash(picture))) measured.push(entry);
  }
  if (measured.length > 0) return { ...set, measured };
  const unmeasured = `the model was trained on all of ${partsOf(set.measured, set.part)}; its recipe tells what its training held out: --recipe FILE`;
  return { ...set, measured, unmeasured };
}

function noCalibration({ name }: ModelCard, { data, recipeAtHand }: Conversion) {
  const where = data && ("folder" in data ? data.folder : data.recipe);
  const received = where === undefined ? "none" : `none for training or validation in ${where}`;
  return errors["no-calibration"]({ model: name, received, recipe: recipeAtHand });
}

/** Why nothing was measured where no pictures were named. */
const unnamed = ({ recipeAtHand }: Conversion): string =>
  recipeAtHand === undefined
    ? "name the model's recipe with --recipe FILE, or a data set with --calibrate DIR --reader NAME"
    : `its recipe is at hand: --recipe ${recipeAtHand}`;

/** Each metric with the samples that are labelled for its task. */
const resultsOf = (metrics: Measures, { part }: ModelSet, measured: ModelSet["measured"]): ModelCard["results"] =>
  Object.entries(metrics).map(([metric, value]) => ({
    data: partsOf(measured, part, metric.slice(0, metric.lastIndexOf("/"))),
    metric,
    value,
  }));

async function firstOf(inputs: AsyncIterable<Tensor>): Promise<Tensor | undefined> {
  for await (const input of inputs) return input;
  return undefined;
}
