/** A colour as #RRGGBB. */
export type Color = `#${string}`;

/**
 * Colours that stay apart under every common colour blindness, by the place of a label among the labels of its model: Okabe
 * and Ito's set, its black replaced by a light grey, which shows on dark hair and clothes. In FER+'s order: neutral grey,
 * happiness yellow, surprise sky blue, sadness blue, anger vermilion, disgust green, fear purple, contempt orange.
 * Source: Okabe & Ito, Color Universal Design (2008), jfly.uni-koeln.de/color.
 */
export const palette: readonly Color[] = [
  "#E4E4E4",
  "#F0E442",
  "#56B4E9",
  "#0072B2",
  "#D55E00",
  "#009E73",
  "#CC79A7",
  "#E69F00",
];

/** Outlines, and text on light plates. */
export const ink: Color = "#101418";
/** Text on dark plates, and the inside of points. */
export const paper: Color = "#FFFFFF";

/** The colour of a label: its place among the keys of `scores`, round and round. */
export const labelColor = (label: string, scores: Readonly<Record<string, number>>): Color =>
  palette[Math.max(0, Object.keys(scores).indexOf(label)) % palette.length] as Color;

/** Ink or paper, whichever stands out more from `background`. */
export const textColor = (background: Color): Color =>
  contrast(background, ink) >= contrast(background, paper) ? ink : paper;

/** Contrast of two colours, 1 to 21. Source: WCAG 2.2, "contrast ratio". */
export function contrast(a: Color, b: Color): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Relative luminance, 0 to 1. Source: WCAG 2.2. */
function luminance(color: Color): number {
  const linear = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}
