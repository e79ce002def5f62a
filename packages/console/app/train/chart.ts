/** A point of a chart in the units of its data. */
export type ChartPoint = readonly [x: number, y: number];

/** Where data lie on a drawing, in pixels; y grows upwards in data and downwards on the drawing. */
export interface Scale {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Maps data from 0 to `most` on both axes onto a frame. */
export const scaleOf = (
  { left, top, right, bottom }: Frame,
  most: { readonly x: number; readonly y: number },
): Scale => ({
  x: (value) => left + ((right - left) * value) / (most.x || 1),
  y: (value) => bottom - ((bottom - top) * value) / (most.y || 1),
});

const rounded = (value: number): string => String(Number(value.toFixed(1)));

/** The `d` of an SVG path through points; empty without any. */
export const pathOf = (points: readonly ChartPoint[], { x, y }: Scale): string =>
  points.map(([at, value], index) => `${index === 0 ? "M" : "L"}${rounded(x(at))} ${rounded(y(value))}`).join("");

/** Round values from 0 that reach `most`, some `count` of them: steps of 1, 2 or 5 times a power of ten. */
export function ticksTo(most: number, count = 4): readonly number[] {
  if (!(most > 0) || !Number.isFinite(most)) return [0, 1];
  const rough = most / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  // by counting, as sums of 0.1 drift
  return Array.from({ length: Math.ceil(most / step - 0.001) + 1 }, (_, index) =>
    Number((index * step).toPrecision(12)),
  );
}
