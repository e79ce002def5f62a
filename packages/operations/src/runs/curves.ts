import type { CurveAxis, CurveLine, CurveSection, ReportFact } from "@foveajs/evaluation";

/** One line of a chart over epochs or steps. */
export interface Series {
  readonly name: string;
  /** NaN where there is no value: the line goes on over it. */
  readonly values: readonly number[];
}

const roles: readonly CurveLine["role"][] = ["result", "second", "third", "reference"];

/** A chart of up to four series over the same places, such as epochs. */
export function curve(
  {
    title,
    summary,
    along,
    at,
    series,
  }: {
    readonly title: string;
    readonly summary: string;
    /** What the places are: "epoch". */
    readonly along: string;
    /** Rising places, one for each value. */
    readonly at: readonly number[];
    readonly series: readonly Series[];
  },
  {
    label,
    unit = "plain",
    isFromZero = false,
    last = at.at(-1) ?? 1,
    points = [],
    readings = [],
  }: {
    readonly label: string;
    readonly unit?: CurveAxis["unit"];
    readonly isFromZero?: boolean;
    /** Where the axis ends, so that what is to come has its place. */
    readonly last?: number;
    readonly points?: CurveSection["points"];
    readonly readings?: readonly ReportFact[];
  },
): CurveSection {
  const drawn = series.slice(0, roles.length);
  // a line of one value cannot be seen
  const single = drawn.flatMap(({ name, values }) => {
    const places = [...values.keys()].filter((i) => Number.isFinite(values[i]));
    return places.length === 1 ? [{ x: at[places[0]!]!, y: values[places[0]!]!, label: name }] : [];
  });
  return {
    kind: "curve",
    title,
    summary,
    x: {
      label: along,
      range: [Math.min(at[0] ?? 0, last), Math.max(last, (at[0] ?? 0) + 1)],
      unit: "plain",
      isWhole: true,
    },
    y: {
      label,
      unit,
      range: rangeOf(
        drawn.flatMap(({ values }) => values),
        isFromZero,
      ),
    },
    lines: drawn.map(({ name, values }, i) => ({
      name,
      role: roles[i]!,
      points: values.flatMap((value, place): [number, number][] =>
        Number.isFinite(value) ? [[at[place]!, value]] : [],
      ),
    })),
    points: [...points, ...single],
    guides: [],
    readings,
  };
}

/** The range of finite values with a twentieth of it on both sides; [0, 1] where there are none. */
function rangeOf(values: readonly number[], isFromZero: boolean): readonly [number, number] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  const low = isFromZero ? 0 : finite.reduce((a, b) => Math.min(a, b));
  const high = finite.reduce((a, b) => Math.max(a, b));
  const margin = (high - low || Math.abs(high) || 1) / 20;
  return [isFromZero && finite.every((value) => value >= 0) ? 0 : low - margin, high + margin];
}
