import { asFoveaError } from "@foveajs/errors";
import type { Dataset, Sample } from "../../data/types.ts";
import { luma } from "../../image/color.ts";
import { channelsOf, type Image } from "../../image/image.ts";

/** What a look at all pictures told. */
export interface Inspection {
  /** Medians, in pixels of the upright picture. */
  readonly width: number;
  readonly height: number;
  /** Whether no picture has colour. */
  readonly isGray: boolean;
  /** Mean and deviation of the bytes of each channel, 0 to 1; one for gray pictures. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly skipped: readonly { readonly picture: string; readonly reason: string }[];
}

export interface InspectOptions {
  readonly signal: AbortSignal;
  /** The size of a picture that is not decoded. */
  readonly sizeOf: (sample: Sample) => Promise<Pick<Image, "width" | "height">>;
}

/** So many pictures are decoded to see that they are whole; of the others the header is read. */
const DECODED = 4000;
/** Of so many pixels of a picture the colours are counted. */
const PIXELS = 256;

/** Looks at every picture of the training and the validation part; one that cannot be read is told and left out. */
export async function inspect(
  { load }: Pick<Dataset, "load">,
  samples: readonly Sample[],
  { signal, sizeOf }: InspectOptions,
): Promise<Inspection> {
  const skipped: { picture: string; reason: string }[] = [];
  const sizes: { width: number; height: number }[] = [];
  const colours: Colours = { count: 0, sums: [0, 0, 0, 0], squares: [0, 0, 0, 0], isGray: true };
  const stride = Math.max(1, samples.length / DECODED);
  let next = 0;
  for (const [index, sample] of samples.entries()) {
    signal.throwIfAborted();
    try {
      if (index >= next) {
        next += stride;
        const image = await load(sample);
        sizes.push(image);
        count(colours, image);
      } else sizes.push(await sizeOf(sample));
    } catch (thrown) {
      skipped.push({ picture: sample.id, reason: asFoveaError(thrown).message });
    }
  }
  const channels = colours.isGray ? [3] : [0, 1, 2];
  const meanOf = (channel: number) => colours.sums[channel]! / Math.max(1, colours.count);
  const deviationOf = (channel: number) =>
    Math.sqrt(Math.max(0, colours.squares[channel]! / Math.max(1, colours.count) - meanOf(channel) ** 2));
  const share = (byte: number) => Math.round((byte / 255) * 1000) / 1000;
  return {
    width: medianOf(sizes.map(({ width }) => width)),
    height: medianOf(sizes.map(({ height }) => height)),
    isGray: colours.isGray,
    mean: channels.map((channel) => share(meanOf(channel))),
    // nearly even pictures must not be blown up
    std: channels.map((channel) => Math.max(0.05, share(deviationOf(channel)))),
    skipped,
  };
}

/** Sums over pixels of red, green, blue and luma. */
interface Colours {
  count: number;
  readonly sums: number[];
  readonly squares: number[];
  isGray: boolean;
}

/** Pictures that were gray before JPEG differ by a few bytes between channels. */
const GRAY_TOLERANCE = 12;

function count(colours: Colours, { data, order, width, height }: Image): void {
  const channels = channelsOf(order);
  const step = Math.max(1, Math.floor((width * height) / PIXELS));
  for (let pixel = 0; pixel < width * height; pixel += step) {
    const at = pixel * channels;
    const [red, green, blue] =
      channels === 1 ? [data[at]!, data[at]!, data[at]!] : [data[at]!, data[at + 1]!, data[at + 2]!];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > GRAY_TOLERANCE) colours.isGray = false;
    [red, green, blue, luma(red, green, blue)].forEach((byte, channel) => {
      colours.sums[channel]! += byte;
      colours.squares[channel]! += byte * byte;
    });
    colours.count++;
  }
}

const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
