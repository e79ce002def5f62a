import { type FaceFraming, faceTransform } from "../data/crops.ts";
import type { Sample } from "../data/types.ts";
import { errors } from "../errors.ts";
import { type Affine, composeAffine, invertAffine } from "../image/affine.ts";
import type { Image } from "../image/image.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { InputSize } from "../tasks/task.ts";

/** How the pictures of a data set are shown to the network. */
export interface Viewing {
  /** Labels with the points by which the face is cut out; absent: the picture is shown as it is. */
  readonly alignedBy?: string | undefined;
  readonly framing?: FaceFraming | undefined;
}

/** From pixels of an input of this size to pixels of the sample's picture, without augmentation. */
export function viewOf(
  image: Pick<Image, "width" | "height">,
  sample: Pick<Sample, "id" | "labels">,
  { alignedBy, framing }: Viewing,
  spec: Preprocessing,
  size: InputSize,
): Affine {
  if (alignedBy === undefined) return shownPart(image, spec, size);
  const label = sample.labels[alignedBy];
  if (label?.kind !== "points") {
    const received = label ? `a label of kind ${label.kind}` : "none";
    throw errors["data-count"]({ where: `${sample.id}, label ${alignedBy}`, expected: "points of a face", received });
  }
  const toCrop = faceTransform(label.points, {
    width: spec.width,
    height: spec.height,
    ...(framing ? { framing } : {}),
  });
  return composeAffine(shownPart(spec, spec, size), invertAffine(toCrop));
}

/** From pixels of an input of this size to pixels of the picture, as `preprocess` places them for fit stretch and cover. */
export function shownPart(image: Pick<Image, "width" | "height">, spec: Preprocessing, size: InputSize): Affine {
  const ratios = [image.width / spec.width, image.height / spec.height] as const;
  const [scaleX, scaleY] = spec.fit === "stretch" ? ratios : [Math.min(...ratios), Math.min(...ratios)];
  const shown = spec.crop ?? spec;
  const stepX = (shown.width / size.width) * scaleX;
  const stepY = (shown.height / size.height) * scaleY;
  return [stepX, 0, image.width / 2 - (stepX * size.width) / 2, 0, stepY, image.height / 2 - (stepY * size.height) / 2];
}
