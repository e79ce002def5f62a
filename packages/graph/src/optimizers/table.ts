import { adamW } from "./adamw.ts";
import { muon } from "./muon.ts";
import { warmupConstant, warmupCosine } from "./schedules.ts";
import { sgd } from "./sgd.ts";

/** Update rules by the name that recipes use. */
export const optimizers = { adamw: adamW, muon, sgd } as const;

/** Schedules by the name that recipes use. */
export const schedules = { constant: warmupConstant, cosine: warmupCosine } as const;
