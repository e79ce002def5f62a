import type { Dataset, Sample } from "../data/types.ts";

/** A data set at hand of grey pictures of 16 pixels, each a group of its own; `labelsOf` gives the labels of the sample at a place. */
export function madeSet(
  name: string,
  counts: Partial<Record<Sample["split"], number>>,
  { labelsOf, classes = {} }: { labelsOf: (place: number) => Sample["labels"]; classes?: Dataset["classes"] },
): Dataset {
  const samples = Object.entries(counts).flatMap(([split, count]) =>
    Array.from({ length: count }, (_, place): Sample => {
      const id = `${split}/${place}`;
      return { id, image: { file: id }, labels: labelsOf(place), group: id, split: split as Sample["split"] };
    }),
  );
  const load = async () => ({ width: 16, height: 16, order: "gray" as const, data: new Uint8Array(256).fill(60) });
  const terms = { licence: `terms of ${name}`, source: `source of ${name}`, publishable: false, commercial: false };
  return { name, terms, classes, samples, load };
}
