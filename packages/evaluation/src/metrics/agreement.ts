import { defineMetric, type MetricDefinition, undefinedValue } from "./metric.ts";
import { eachPair, type PairedValues, type TargetRange } from "./paired-values.ts";

/**
 * Concordance correlation 2 cov / (σx² + σy² + (μx − μy)²), population moments over all labelled samples together.
 * 0 where one side is constant; undefined where both are, at one value.
 * Source: Lin, Biometrics 45 (1989), doi:10.2307/2532051.
 */
export const concordanceCorrelation = (options: TargetRange = {}) =>
  agreement("ccc", options, ({ count, meanX, meanY, squaresX, squaresY, products }) =>
    ratio(2 * products, squaresX + squaresY + count * (meanX - meanY) ** 2),
  );

/** Pearson's correlation; undefined where either side is constant. */
export const pearsonCorrelation = (options: TargetRange = {}) =>
  agreement("pearson", options, ({ squaresX, squaresY, products }) =>
    ratio(products, Math.sqrt(squaresX) * Math.sqrt(squaresY)),
  );

/**
 * Intraclass correlation ICC(3,1) of prediction and target as two fixed raters:
 * (MS_rows − MS_error) / (MS_rows + MS_error), which for two raters is 2 cov / (σx² + σy²). An offset does not count.
 * Source: Shrout & Fleiss, Psychological Bulletin 86 (1979), doi:10.1037/0033-2909.86.2.420.
 */
export const intraclassCorrelation = (options: TargetRange = {}) =>
  agreement("icc_3_1", options, ({ squaresX, squaresY, products }) => ratio(2 * products, squaresX + squaresY));

/** Means, and sums of squared deviations and of their products, of predictions (x) and targets (y). */
interface Moments {
  readonly count: number;
  readonly meanX: number;
  readonly meanY: number;
  readonly squaresX: number;
  readonly squaresY: number;
  readonly products: number;
}

const noMoments: Moments = { count: 0, meanX: 0, meanY: 0, squaresX: 0, squaresY: 0, products: 0 };

/** Pairwise update of Chan, Golub & LeVeque, The American Statistician 37 (1983): no large sums cancel. */
function mergeMoments(a: Moments, b: Moments): Moments {
  const count = a.count + b.count;
  if (count === 0) return noMoments;
  const [x, y, share] = [b.meanX - a.meanX, b.meanY - a.meanY, b.count / count];
  return {
    count,
    meanX: a.meanX + x * share,
    meanY: a.meanY + y * share,
    squaresX: a.squaresX + b.squaresX + x * x * a.count * share,
    squaresY: a.squaresY + b.squaresY + y * y * a.count * share,
    products: a.products + b.products + x * y * a.count * share,
  };
}

const agreement = (name: string, range: TargetRange, compute: (moments: Moments) => number) =>
  defineMetric<PairedValues, Moments>({
    ...agreementProperties,
    name,
    empty: () => noMoments,
    update(state, batch) {
      let moments = state;
      eachPair(batch, range, (meanX, meanY) => {
        moments = mergeMoments(moments, { ...noMoments, count: 1, meanX, meanY });
      });
      return moments;
    },
    merge: mergeMoments,
    compute(moments) {
      if (moments.count === 0) return Number.NaN;
      const value = compute(moments);
      return Number.isNaN(value) ? undefinedValue("no variation") : value;
    },
  });

const agreementProperties = {
  unit: "1",
  range: [-1, 1],
  higherIsBetter: true,
  permutationInvariant: true,
  symmetric: true,
  ignoresMissing: true,
} as const satisfies Partial<MetricDefinition<never, never>>;

/** Within −1 to 1, which rounding may leave by 1e-16; NaN for 0 / 0. */
const ratio = (top: number, bottom: number) => Math.max(-1, Math.min(1, top / bottom));
