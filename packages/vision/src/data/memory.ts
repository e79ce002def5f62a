import { errors } from "../errors.ts";
import type { Image } from "../image/image.ts";
import type { Dataset, DatasetTerms, Label, Sample, Split } from "./types.ts";

/** A labelled picture in memory. */
export interface MemorySample {
  /** Unique in its set; its place among the samples unless told. */
  readonly id?: string;
  readonly image: Image;
  /** By task name. */
  readonly labels: Readonly<Record<string, Label | undefined>>;
  /** Samples of one group never stand on both sides of a split, such as the frames of one burst; a group of its own unless told. */
  readonly group?: string;
  /** Train unless told. */
  readonly split?: Split;
}

export interface MemoryDataset {
  readonly name: string;
  readonly samples: readonly MemorySample[];
  /** Class names in label order, by task. */
  readonly classes?: Dataset["classes"];
  readonly terms?: DatasetTerms;
}

/** Terms of pictures of one's own. */
export const ownTerms: DatasetTerms = {
  licence: "unknown",
  publishable: false,
  commercial: false,
  source: "the user's own pictures",
};

/** A data set whose pictures are in memory, in Node and in the page. */
export function memoryDataset({ name, samples, classes = {}, terms = ownTerms }: MemoryDataset): Dataset {
  const images = new Map<string, Image>();
  const made = samples.map(({ id = String(images.size), image, labels, group = id, split = "train" }): Sample => {
    if (images.has(id)) {
      throw errors["data-count"]({
        where: name,
        expected: "a name of its own for each sample",
        received: `two of "${id}"`,
      });
    }
    images.set(id, image);
    return { id, image: { file: id }, labels, group, split };
  });
  return {
    name,
    samples: made,
    classes,
    terms,
    async load({ id }) {
      const image = images.get(id);
      if (image) return image;
      throw errors["data-missing"]({ path: `${name}/${id}` });
    },
  };
}
