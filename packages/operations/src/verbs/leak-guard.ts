import type { PictureReference, TestSample } from "@foveajs/evaluation";
import { type Image, isTrainedOn, pictureHash } from "@foveajs/vision";
import { errors } from "../errors.ts";
import type { Subject } from "../models/subject.ts";

/** What is known of whether a model was trained on the pictures that it is scored on. */
export const leakVerdicts = ["passed", "no list in the card", "no card"] as const;
export type LeakVerdict = (typeof leakVerdicts)[number];

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
