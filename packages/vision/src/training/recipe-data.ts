import { z } from "zod";

/** A share of a whole. */
export const share = z.number().min(0).max(1);

/** What a teacher's answers are where a recipe asks for nothing else. */
export const teachingDefaults = { at_least: 0, mirror: false, share: 1, agreement: 0.08 } as const;

const dataSetFields = {
  reader: z.string().describe("a reader's name: see data/readers"),
  folder: z.string().describe("folder of the data set, under the data folder"),
  options: z.record(z.string(), z.unknown()).default({}).describe("the reader's own options"),
};

const dataSetSchema = z.strictObject({
  ...dataSetFields,
  hold_out: share
    .default(0)
    .describe("share of the training part's groups that scenes leave out, with seed 0: for measuring"),
  share: share.default(0).describe("backgrounds of scenes: share of the pictures without an object"),
});

/** Changes of colour; absent: none. */
const jitterFields = {
  brightness: share.optional().describe("largest relative change of brightness"),
  contrast: share.optional().describe("largest relative change of contrast"),
  gain: share.optional().describe("largest relative change of each channel alone, as of the light's colour"),
};

const sampleSetSchema = z.strictObject({
  ...dataSetFields,
  hold_out: share.default(0).describe("share of the training part's groups that is kept for validation"),
  labels: z
    .record(z.string(), z.string())
    .default({})
    .describe("by task, the name of its labels in this data set where it is another"),
  aligned_by: z
    .string()
    .optional()
    .describe(
      "labels with the five points by which faces are cut out as the card's alignment says; absent: as they are",
    ),
  skip: z
    .array(z.string())
    .optional()
    .describe("names of samples that are left out, such as pictures that cannot be read"),
  group_by: z
    .strictObject({
      pattern: z.string().describe("regular expression over the samples' names; what it captures makes the group"),
      run: z
        .int()
        .min(1)
        .optional()
        .describe(
          "groups are runs of so many pictures by the captured number; a capture `place` marks where each starts",
        ),
    })
    .optional()
    .describe("how the names of pictures tell the subjects, which no split parts; absent: as the reader has them"),
  taught: z
    .record(
      z.string(),
      z.strictObject({
        teacher: z.string().describe("name of one of the recipe's teachers"),
        output: z.string().optional().describe("the teacher's task; absent: of the same name"),
        at_least: share
          .default(teachingDefaults.at_least)
          .describe(
            "of classes and grades: least probability of the likeliest; of multilabel: of each label or of its absence; " +
              "what is less sure is no label",
          ),
        mirror: z
          .boolean()
          .default(teachingDefaults.mirror)
          .describe("of classes: whether the teacher sees the mirror image too, and the mean of both is its answer"),
        share: share
          .default(teachingDefaults.share)
          .describe("of classes: the teacher's share where the sample has a label already, whose share is the rest"),
        agreement: z
          .number()
          .positive()
          .default(teachingDefaults.agreement)
          .describe("of points: largest mean distance of the five from the labelled five, in sizes of the face"),
      }),
    )
    .default({})
    .describe("by task, who labels the training samples"),
  per_batch: z.int().min(1).optional().describe("samples of each batch; for all sets, or for none: shuffled together"),
});

/** Pictures of labelled samples, each turned, scaled, shifted and mirrored at random. */
const samplesSchema = z.strictObject({
  kind: z.literal("samples"),
  sets: z
    .array(sampleSetSchema)
    .min(1)
    .describe("an epoch is a pass over the first, or over all that are shuffled together"),
  augmentation: z
    .strictObject({
      flip: share.default(0).describe("probability of a mirror image"),
      rotation: z.number().min(0).default(0).describe("largest turn in degrees, either way"),
      scale: z.number().min(1).default(1).describe("largest factor of enlargement and of reduction"),
      shift: share.default(0).describe("largest shift as a share of the picture, either way, on each axis"),
      low_resolution: z
        .strictObject({
          chance: share,
          factor: z.number().min(1).default(3).describe("largest reduction before the picture is enlarged again"),
        })
        .optional()
        .describe("pictures as of small or distant objects; absent: none"),
      erase: z
        .strictObject({ chance: share, area: share.default(0.2).describe("largest share of the picture") })
        .optional()
        .describe("rectangles of noise, as of what stands before an object; absent: none"),
      mixup: z
        .strictObject({
          chance: share,
          alpha: z.number().positive().max(1).default(0.2).describe("of the beta distribution of a picture's share"),
        })
        .optional()
        .describe("pictures and labels of two samples laid over one another (Zhang et al., ICLR 2018); absent: none"),
      ...jitterFields,
    })
    .prefault({}),
});

/** Whole pictures with boxes, each zoomed, cut, mirrored and coloured at random. */
const boxesSchema = z.strictObject({
  kind: z.literal("boxes"),
  sets: z
    .array(
      sampleSetSchema.pick({ reader: true, folder: true, options: true, hold_out: true, skip: true, group_by: true }),
    )
    .min(1)
    .describe("shuffled together; an epoch is a pass over all"),
  augmentation: z
    .strictObject({
      flip: share.default(0).describe("probability of a mirror image"),
      zoom: z.number().min(1).default(1).describe("largest factor of enlargement and of reduction"),
      ...jitterFields,
    })
    .prefault({}),
  smallest: z
    .number()
    .min(0)
    .default(6)
    .describe("smaller objects, in pixels of the input, are neither learned nor background"),
});

/** Made scenes for a detector: photographs with boxes, backgrounds, cut-out faces. */
const scenesSchema = z.strictObject({
  kind: z.literal("scenes"),
  photographs: dataSetSchema.describe("with all their faces boxed; those of its part train are used"),
  backgrounds: z.array(dataSetSchema).default([]).describe("more pictures without an object"),
  cutouts: z.array(dataSetSchema).default([]).describe("one face a picture, with points: laid into backgrounds"),
  shares: z
    .strictObject({
      faceless: share.default(0.2).describe("of scenes without a face"),
      pasted: share.default(0.2).describe("of scenes with cut-out faces; the rest is made of photographs"),
    })
    .prefault({}),
  false_finds: z
    .strictObject({
      file: z.string().min(1).describe("list of what a detector wrongly found in these pictures"),
      sha256: z.string().optional().describe("of that file; another one is refused"),
      share: share.describe("of scenes around such places"),
    })
    .optional()
    .describe("hard places without an object; absent: none"),
  face_sizes: z
    .tuple([z.number().positive(), z.number().positive()])
    .default([12, 200])
    .describe("sizes that faces are brought to, in pixels"),
  scenes_per_epoch: z.int().min(1).default(10_000).describe("every scene is new; this is how often it is validated"),
});

/** What a training learns from, by kind. */
export const dataSchema = z.discriminatedUnion("kind", [samplesSchema, scenesSchema, boxesSchema]);
