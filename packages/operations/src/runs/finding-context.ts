import type { ReportLimits } from "@foveajs/evaluation";

/** What a finding needs besides the predictions. */
export interface FindingContext {
  /** Of the network's input in pixels. */
  readonly size: { readonly width: number; readonly height: number };
  readonly limits: ReportLimits;
}
