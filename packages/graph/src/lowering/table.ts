import { clipGradForms, reluGradForms, stopGradientForms } from "./activations.ts";
import { convForms } from "./conv-forward.ts";
import { convGradInputForms } from "./conv-grad-input.ts";
import { convGradWeightForms } from "./conv-grad-weight.ts";
import type { Form } from "./form.ts";
import {
  normalizationGradForms,
  scaleChannelsForms,
  trainingNormalizationForms,
  unscaledGradForms,
} from "./normalization.ts";
import { normalizedProductForms, normalizedProductGradForms } from "./normalized-product.ts";
import { averagePoolGradForms, maxPoolGradForms, poolForms } from "./pool.ts";
import { randomUniformForms } from "./random.ts";

/** Ways to compute Fovea's own operators, best first; the last that applies in a layout uses the ONNX standard only. */
export const loweringForms = {
  AveragePool: poolForms,
  AveragePoolGrad: averagePoolGradForms,
  BatchNormalization: trainingNormalizationForms,
  BatchNormalizationGrad: normalizationGradForms,
  BatchNormalizationGradUnscaled: unscaledGradForms,
  ClipGrad: clipGradForms,
  Conv: convForms,
  ConvGradInput: convGradInputForms,
  ConvGradWeight: convGradWeightForms,
  MaxPool: poolForms,
  MaxPoolGrad: maxPoolGradForms,
  NormalizedProduct: normalizedProductForms,
  NormalizedProductGrad: normalizedProductGradForms,
  RandomUniform: randomUniformForms,
  ReluGrad: reluGradForms,
  ScaleChannels: scaleChannelsForms,
  StopGradient: stopGradientForms,
} satisfies Record<string, readonly Form[]>;
