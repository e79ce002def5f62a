import type { CalibrationMethod } from "@foveajs/graph";
import type { ExportType, Measures, ModelSetOptions } from "@foveajs/vision";

/** A model's file to convert. */
export interface Conversion {
  readonly path: string;
  readonly output: string;
  readonly to: ExportType;
  /** What activations are calibrated on, and what both files are measured on. */
  readonly data?: ModelSetOptions;
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
  /** Median of one picture's run. */
  readonly milliseconds: number;
  /** By "TASK/METRIC"; empty without data. */
  readonly metrics: Measures;
}

/** A conversion that is done. */
export interface Converted {
  readonly name: string;
  readonly sha256: string;
  readonly note: string;
  /** Of the golden outputs from those of the file that was converted. */
  readonly largestDifference: number;
  readonly tolerance: number;
  /** "fer2013 valid" and how many; absent without data. */
  readonly measured?: { readonly data: string; readonly count: number };
  /** Shape of the input whose time was taken. */
  readonly input: readonly number[];
  readonly before: ConversionSide;
  readonly after: ConversionSide;
}
