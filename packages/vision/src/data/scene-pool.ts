import type { Box, Image } from "../image/image.ts";
import { resize } from "../image/resize.ts";
import { createImageCache } from "./cache.ts";
import type { Dataset, LabelledBox, Sample } from "./types.ts";

/** One picture that scenes are made of. */
export interface PoolPicture {
  readonly dataset: Dataset;
  readonly sample: Sample;
  readonly boxes: readonly LabelledBox[];
}

/** One face of the pool that scenes may be made around. */
export interface PoolFace {
  readonly picture: PoolPicture;
  readonly box: Box;
  /** Square root of width times height, in pixels. */
  readonly size: number;
}

/** Pictures of the task `faces`; those that are not labelled for it are left out, since nothing is known of them. */
export const picturesOf = (dataset: Dataset, samples: readonly Sample[] = dataset.samples): PoolPicture[] =>
  samples.flatMap((sample) => {
    const label = sample.labels.faces;
    return label?.kind === "boxes" ? [{ dataset, sample, boxes: label.boxes }] : [];
  });

/** All faces of these pictures from the smallest up. */
export const facesOf = (pictures: readonly PoolPicture[]): PoolFace[] =>
  pictures
    .flatMap((picture) =>
      picture.boxes
        .filter(({ kind }) => kind === "face")
        .map(({ box }) => ({ picture, box, size: Math.sqrt(box.width * box.height) })),
    )
    .sort((a, b) => a.size - b.size);

/** A picture at the resolution at which it was asked for. */
export interface Leveled {
  readonly image: Image;
  /** Pixels of this image for one of the original, along x and y. */
  readonly scaleX: number;
  readonly scaleY: number;
}

/** Loads pictures at full or half resolution and keeps them decoded up to a bound. */
export function createLevels({ maximumBytes }: { maximumBytes: number }) {
  const cache = createImageCache({ maximumBytes });
  const full = (dataset: Dataset, sample: Sample) =>
    cache.get(`${dataset.name}/${sample.id}`, () => dataset.load(sample));
  return {
    /** The picture for being shown at `scale`: half of it where no more is needed, which makes small scales cheap. */
    async load({ dataset, sample }: { dataset: Dataset; sample: Sample }, scale: number): Promise<Leveled> {
      if (scale > 0.5) return { image: await full(dataset, sample), scaleX: 1, scaleY: 1 };
      let size: { width: number; height: number } | undefined;
      const image = await cache.get(`${dataset.name}/${sample.id}/2`, async () => {
        size = await full(dataset, sample);
        return resize(size as Image, { width: half(size.width), height: half(size.height), filter: "box" });
      });
      // The half picture is kept by itself, and sizes come in both parities: the sample's own size tells its scale.
      const { width, height } = size ?? (await full(dataset, sample));
      return { image, scaleX: image.width / width, scaleY: image.height / height };
    },
  };
}

const half = (pixels: number): number => Math.max(1, Math.round(pixels / 2));
