import type { PictureReference, TestSample } from "@foveajs/evaluation";
import { type Image, isTrainedOn, pictureHash } from "@foveajs/vision";
import { z } from "zod";
import { errors } from "../errors.ts";
import type { Subject } from "../models/subject.ts";
import type { Asking } from "./answering.ts";

/** What becomes of pictures that a model was trained on: no score at all, or a score on the others. */
export const leakRules = ["refuse", "leave_out"] as const;

/** What is known of whether a model was trained on the pictures that it is scored on. */
const leakVerdicts = ["passed", "no list in the card", "no card"] as const;
export type LeakVerdict = (typeof leakVerdicts)[number];

/** A verdict, or how many samples were left out because of their pictures. */
export const leakCheckSchema = z.union([
  z.enum(leakVerdicts),
  z.templateLiteral(["left out ", z.int(), z.enum(["", ", no list in another card"])]),
]);
export type LeakCheck = z.output<typeof leakCheckSchema>;

/** Watches the pictures of a test as they are loaded. */
export interface LeakGuard {
  readonly load: (sample: TestSample) => Promise<Image>;
  /** Throws where a watched picture is in a list; else what the lists say, as far as there are any. */
  readonly verdict: () => LeakVerdict;
}

/** Looks up each picture that is loaded in the lists of training pictures of the models behind a subject. */
export function createLeakGuard(
  { name, trainingPictures = [] }: Pick<Subject, "name" | "trainingPictures">,
  load: (picture: PictureReference) => Promise<Image>,
  { protocol, split, total }: { protocol: string; split: string; total: number },
): LeakGuard {
  const lists = trainingPictures.flatMap(({ pictures }) => pictures ?? []);
  const leaked = new Set<string>();
  return {
    async load({ id, picture }) {
      const image = await load(picture);
      if (lists.length > 0) {
        const hash = pictureHash(image);
        if (lists.some((list) => isTrainedOn(list, hash))) leaked.add(id);
      }
      return image;
    },
    verdict() {
      const [first] = [...leaked].sort();
      if (first !== undefined) {
        throw errors["leaked-pictures"]({ subject: name, protocol, split, leaked: leaked.size, total, first });
      }
      return lists.length > 0 && lists.length === trainingPictures.length ? "passed" : "no list in the card";
    },
  };
}

/** Ids of the samples whose picture is in a list of the models behind a subject: where there is a list, each is loaded. */
export async function samplesTrainedOn(
  { trainingPictures = [] }: Pick<Subject, "trainingPictures">,
  samples: readonly TestSample[],
  { load, onProgress }: Pick<Asking, "load" | "onProgress">,
): Promise<ReadonlySet<string>> {
  const lists = trainingPictures.flatMap(({ pictures }) => pictures ?? []);
  const found = new Set<string>();
  if (lists.length === 0) return found;
  for (const [i, sample] of samples.entries()) {
    const hash = pictureHash(await load(sample));
    if (lists.some((list) => isTrainedOn(list, hash))) found.add(sample.id);
    onProgress(i + 1);
  }
  return found;
}

/** What is told of leaks where the verdict is on the samples that are left. */
export function leakCheckOf(verdict: LeakVerdict, leftOut: number): LeakCheck {
  if (leftOut === 0) return verdict;
  return verdict === "passed" ? `left out ${leftOut}` : `left out ${leftOut}, no list in another card`;
}
