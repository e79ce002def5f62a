import { type Metric, type MetricValue, mergeStates, undefinedValue } from "../../metrics/metric.ts";

/** Values by key in results; NaN with a reason where undefined. */
export type Values = Readonly<Record<string, MetricValue>>;

/** The values of the whole in which unit i occurs counts[i] times; the keys are always the same. */
export type Component = (counts: ArrayLike<number>) => Values;

/** One metric over units, each a batch of its own. */
export function metricComponent<Batch, State>(
  name: string,
  metric: Metric<Batch, State>,
  units: readonly Batch[],
): Component {
  const states = units.map((batch) => metric.update(metric.empty(), batch));
  const { reason = "undefined in this draw" } = metric.compute(mergeStates(metric, states));
  const resample = metric.resampler(states);
  return (counts) => {
    const value = resample(counts);
    return { [name]: Number.isNaN(value) ? undefinedValue(reason) : { value } };
  };
}

/** The values of several components over the same units. */
export const joinedComponents =
  (components: readonly Component[]): Component =>
  (counts) =>
    Object.assign({}, ...components.map((component) => component(counts))) as Values;
