import type { Box, Image, Point } from "../image/image.ts";

/** Where the pixels of a sample are: a picture file, or one rectangle of a sheet that holds many. */
export interface ImageReference {
  /** Path of the file, absolute or relative to the working directory. */
  readonly file: string;
  /** The part of the file that is the sample, in pixels of the upright file; absent: all of it. */
  readonly tile?: Box;
}

/** `face`: to be found, a face or another object. `hard`: one that may be missed. `ignore`: neither that nor background. */
export type BoxKind = "face" | "hard" | "ignore";

export interface LabelledBox {
  readonly box: Box;
  /** Left eye, right eye, nose, left and right corner of the mouth (left = image left), in pixels; absent: unknown. */
  readonly points?: readonly Point[];
  readonly kind: BoxKind;
  /** What it is: an index into the data set's list of classes of the task; absent: the task has one class. */
  readonly class?: number;
}

/** One class for certain; `index` is into the data set's list of classes of that task. */
export interface ClassLabel {
  readonly kind: "class";
  readonly index: number;
}

/** How likely each class is, in the order of the data set's list of classes; sums to 1. */
export interface DistributionLabel {
  readonly kind: "distribution";
  readonly values: readonly number[];
}

/** Landmarks in pixels of the sample's picture. */
export interface PointsLabel {
  readonly kind: "points";
  readonly points: readonly Point[];
  /** The five points of a face where they are known better than by `points`, such as by hand where a model told the others. */
  readonly five?: readonly Point[];
}

/** A number for each output of the task, such as valence and arousal, or 1 and 0 for what is there and what is not; NaN: unknown. */
export interface ValuesLabel {
  readonly kind: "values";
  readonly values: readonly number[];
}

/** All boxes of the picture; an empty list says that there is nothing to find. */
export interface BoxesLabel {
  readonly kind: "boxes";
  readonly boxes: readonly LabelledBox[];
}

/** What a sample is labelled with for one task. */
export type Label = ClassLabel | DistributionLabel | ValuesLabel | PointsLabel | BoxesLabel;

/** Which part of a data set a sample belongs to. Test parts are read by protocols only, never by training. */
export type Split = "train" | "valid" | "test";

/** One picture with what is known of it. */
export interface Sample {
  /** Unique in its data set and stable from run to run. */
  readonly id: string;
  readonly image: ImageReference;
  /** By task name; a task without an entry is not labelled for this sample, which says nothing about the answer. */
  readonly labels: Readonly<Record<string, Label | undefined>>;
  /** Subject, identity, video or picture: samples of one group never stand on both sides of a split. */
  readonly group: string;
  readonly split: Split;
}

/** What may be done with a data set, as far as it is known. */
export interface DatasetTerms {
  readonly licence: string;
  /** Whether the pictures may be passed on. */
  readonly publishable: boolean;
  /** Whether a model trained on it may be used commercially, as far as the terms say so. */
  readonly commercial: boolean;
  /** Who made it, where it is described. */
  readonly source: string;
}

/** Samples that belong together, and how to get their pixels. */
export interface Dataset {
  readonly name: string;
  readonly samples: readonly Sample[];
  /** Class names in label order, by task name; absent for tasks without classes. */
  readonly classes: Readonly<Record<string, readonly string[]>>;
  readonly terms: DatasetTerms;
  /** The pixels of one of its samples. */
  readonly load: (sample: Sample) => Promise<Image>;
}
