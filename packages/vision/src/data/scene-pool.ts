import { errors } from "../errors.ts";
import { crop } from "../image/crop.ts";
import type { Box, Image, Point } from "../image/image.ts";
import { resize } from "../image/resize.ts";
import { createImageCache } from "./cache.ts";
import type { FalseFinds } from "./false-finds.ts";
import type { Dataset, LabelledBox, Sample, Split } from "./types.ts";

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

/** Pictures of one part with the task `faces`; those not labelled for it are left out: nothing is known of them. */
export const picturesOf = (dataset: Dataset, split: Split): PoolPicture[] =>
  dataset.samples.flatMap((sample) => {
    const label = sample.labels.faces;
    return sample.split === split && label?.kind === "boxes" ? [{ dataset, sample, boxes: label.boxes }] : [];
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

/** False finds of a data set as places that scenes may be made around, from the smallest up; only pictures of one part. */
export function falseFindsOf(
  { dataset, finds }: { readonly dataset: Dataset; readonly finds: FalseFinds["finds"][string] },
  split: Split,
): PoolFace[] {
  const samples = new Map(dataset.samples.map((sample) => [sample.id, sample]));
  return Object.entries(finds).flatMap(([id, boxes]) => {
    const sample = samples.get(id);
    if (sample === undefined)
      throw errors["data-count"]({
        where: `false finds of ${dataset.name}`,
        expected: "pictures of that data set",
        received: id,
      });
    if (sample.split !== split) return [];
    const label = sample.labels.faces;
    const picture = { dataset, sample, boxes: label?.kind === "boxes" ? label.boxes : [] };
    return boxes.map(([x, y, width, height]) => ({
      picture,
      box: { x, y, width, height },
      size: Math.sqrt(width * height),
    }));
  });
}

/** A picture at the resolution that its use needs, with its boxes in pixels of that resolution. */
export interface Leveled {
  readonly image: Image;
  readonly boxes: readonly LabelledBox[];
  /** Pixels of this image for one of the original, 1 or 0.5. */
  readonly scale: number;
}

/** Loads pictures at full or half resolution and keeps them decoded up to a bound. */
export function createLevels({ maximumBytes }: { maximumBytes: number }) {
  const cache = createImageCache({ maximumBytes });
  const full = ({ dataset, sample }: PoolPicture) => cache.get(keyOf(sample), () => dataset.load(sample));
  return {
    /** The picture for being shown at `scale`: half of it where no more is needed, which makes small scales cheap. */
    async load(picture: PoolPicture, scale: number): Promise<Leveled> {
      if (scale > 0.5) return { image: await full(picture), boxes: picture.boxes, scale: 1 };
      const image = await cache.get(`${keyOf(picture.sample)} /2`, async () => halve(await full(picture)));
      return { image, boxes: picture.boxes.map(halveBox), scale: 0.5 };
    },
  };
}

/** Neither alone is enough: data sets may have samples of the same name, and a sheet holds many samples. */
const keyOf = ({ id, image }: Sample): string => `${image.file} ${id}`;

/** Exactly half the scale: an odd last row or column is left out. */
function halve(image: Image): Image {
  const [width, height] = [image.width >> 1, image.height >> 1];
  return resize(crop(image, { x: 0, y: 0, width: 2 * width, height: 2 * height }), { width, height, filter: "box" });
}

const halveBox = ({ box, points, kind }: LabelledBox): LabelledBox => ({
  box: { x: box.x / 2, y: box.y / 2, width: box.width / 2, height: box.height / 2 },
  ...(points && { points: points.map(([x, y]): Point => [x / 2, y / 2]) }),
  kind,
});
