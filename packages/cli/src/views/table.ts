import { analyzeView } from "./analyze.ts";
import { doctorView } from "./doctor.ts";
import { modelsView, showModelView, verifyModelsView } from "./models.ts";
import { trainView } from "./train.ts";
import type { OperationName, ResultOf, ViewMaker } from "./view.ts";

/** The view of each operation; one without a view does not compile. */
export const views = {
  analyze: analyzeView,
  train: trainView,
  models: modelsView,
  "models show": showModelView,
  "models verify": verifyModelsView,
  doctor: doctorView,
} satisfies { readonly [Name in OperationName]: ViewMaker<ResultOf<Name>> };
