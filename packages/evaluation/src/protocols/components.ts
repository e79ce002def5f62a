import { type Metric, type MetricValue, mergeStates, undefinedValue } from "../metrics/metric.ts";
import type { DrawnValues } from "../statistics/bootstrap.ts";

/** Values by key in results; NaN with a reason where undefined. */
export type Values = Readonly<Record<string, MetricValue>>;

/** Some of the values of a test. */
export type Component = DrawnValues;

/** One metric over units, each a batch of its own. */
export const metricComponent = <Batch, State>(
  name: string,
  metric: Metric<Batch, State>,
  units: readonly Batch[],
): Component =>
  stateComponent(
    name,
    metric,
    units.map((batch) => metric.update(metric.empty(), batch)),
  );

/** One metric over the states of units. */
export function stateComponent<State>(
  name: string,
  metric: Pick<Metric<never, State>, "empty" | "merge" | "compute" | "resampler">,
  states: readonly State[],
): Component {
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
