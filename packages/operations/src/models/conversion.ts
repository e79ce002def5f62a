import type { CalibrationMethod } from "@foveajs/graph";
import type { ExportType, Measures, ModelSetOptions } from "@foveajs/vision";

/** The data sets of the recipe that a model was trained by. */
export interface RecipeData {
  /** Path of the recipe. */
  readonly recipe: string;
  /** Where the folders of its data sets are looked for; absent: the usual places. */
  readonly dataFolders?: readonly string[];
}

/** A model's file to convert. */
export interface Conversion {
  readonly path: string;
  readonly output: string;
  readonly to: ExportType;
  /** What activations are calibrated on, and what both files are measured on. */
  readonly data?: ModelSetOptions | RecipeData;
  /** The model's recipe, where it was found: for messages that name a remedy. */
  readonly recipeAtHand?: string | undefined;
  readonly method: CalibrationMethod;
  readonly weightBits: 7 | 8;
  /** Pictures to calibrate on. */
  readonly samples: number;
  /** Pictures to measure on at most; all when absent. */
  readonly measure?: number;
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Hears what is being done. */
  readonly onStage: (stage: string) => void;
}

/** What one file weighs, takes and reaches. */
export interface ConversionSide {
  readonly sizeBytes: number;
  /** Median of one picture's run; null where nobody knows the size of an input. */
  readonly milliseconds: number | null;
  /** By "TASK/METRIC"; empty without data. */
  readonly metrics: Measures;
}

/** A conversion that is done. */
export interface Converted {
  readonly name: string;
  readonly sha256: string;
  readonly note: string;
  /** Of the golden outputs from those of the file that was converted; without a card, of made inputs; null where none could be made. */
  readonly largestDifference: number | null;
  /** Of the new golden output; null without a card. */
  readonly tolerance: number | null;
  /** "fer2013 valid (3033)" and how many in all; absent where nothing was measured. */
  readonly measured?: { readonly data: string; readonly count: number };
  /** Why nothing was measured, with the remedy. */
  readonly unmeasured?: string;
  /** Shape of the input whose time was taken; empty where it was not. */
  readonly input: readonly number[];
  readonly before: ConversionSide;
  readonly after: ConversionSide;
}
