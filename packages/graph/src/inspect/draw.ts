import type { Graph } from "../ir/types.ts";
import { inferValues } from "../passes/infer-values.ts";
import { type Block, type BlockFamily, blocksOf } from "./blocks.ts";
import { type PlacedBox, placeInLayers } from "./layers.ts";

/** What a drawing says besides the graph; nothing of it changes where boxes stand. */
export interface DrawOptions {
  /** A line above the drawing, bold; the graph's name unless told. */
  readonly title?: string;
  /** A line below the title. */
  readonly subtitle?: string;
  /** Names of nodes that are marked, with the reason that shows under the pointer: those without a gradient, say. */
  readonly marked?: ReadonlyMap<string, string>;
}

const FONT = 12;
const LINE = 16;
const PADDING = 9;
const MARGIN = 28;
const HEADER = 62;

/** Fill and border by family. */
const colors: Readonly<Record<BlockFamily, readonly [fill: string, stroke: string]>> = {
  input: ["#1f2937", "#1f2937"],
  output: ["#1f2937", "#1f2937"],
  convolution: ["#dbeafe", "#3b82f6"],
  product: ["#e0e7ff", "#6366f1"],
  pool: ["#ccfbf1", "#14b8a6"],
  join: ["#fef3c7", "#f59e0b"],
  shape: ["#f3f4f6", "#9ca3af"],
  elementwise: ["#ede9fe", "#a78bfa"],
  other: ["#fee2e2", "#ef4444"],
};

const legend: readonly (readonly [BlockFamily, string])[] = [
  ["convolution", "convolution"],
  ["product", "product"],
  ["pool", "pooling"],
  ["join", "join"],
  ["shape", "shape"],
  ["elementwise", "elementwise"],
  ["other", "other"],
];

/** Draws a graph from top to bottom as an SVG document of its own; the same graph gives the same text. */
export function drawGraph(
  graph: Graph,
  { title = graph.name, subtitle = "", marked = new Map() }: DrawOptions = {},
): string {
  const { blocks, edges } = blocksOf(graph, inferValues(graph));
  const sized = blocks.map((block) => ({ block, id: block.id, ...sizeOfBlock(block) }));
  const { boxes, edges: lines, width: inner, height: innerHeight } = placeInLayers(sized, edges);
  const families = legend.filter(([family]) => blocks.some((block) => block.family === family));
  const legendWidth = families.reduce((sum, [, name]) => sum + 34 + textWidth(name), 0);
  const width = Math.ceil(Math.max(inner, legendWidth, textWidth(title) * 1.5, textWidth(subtitle)) + 2 * MARGIN);
  const height = Math.ceil(innerHeight + 2 * MARGIN + HEADER + 14);
  const shift = Math.round((width - inner) / 2);
  const byId = new Map(blocks.map((block) => [block.id, block]));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Inter, system-ui, sans-serif" font-size="${FONT}">`,
    `<title>${escapeText(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${MARGIN}" y="34" font-size="18" font-weight="600" fill="#111827">${escapeText(title)}</text>`,
    `<text x="${MARGIN}" y="54" fill="#6b7280">${escapeText(subtitle)}</text>`,
    ...legendLines(families),
    `<g transform="translate(${shift} ${MARGIN + HEADER + 14})">`,
    `<g fill="none" stroke="#9ca3af" stroke-width="1.3">`,
    ...lines.map(({ points }) => `<path d="${curve(points)}"/>`),
    "</g>",
    `<g fill="#9ca3af">`,
    ...lines.map(({ points }) => arrow(points.at(-1)!)),
    "</g>",
    ...boxes.map((box) => drawBox(box, byId.get(box.id)!, marked)),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/** Width of a text in pixels, roughly: an average of a sans serif. */
const textWidth = (text: string): number => [...text].length * FONT * 0.58;

function sizeOfBlock({ lines, family }: Block): { width: number; height: number } {
  const widest = Math.max(...lines.map((line, index) => textWidth(line) * (index === 0 ? 1.06 : 0.92)));
  const isEnd = family === "input" || family === "output";
  return {
    width: Math.max(64, Math.ceil(widest) + 2 * PADDING + (isEnd ? 10 : 0)),
    height: lines.length * LINE + PADDING + 4,
  };
}

function legendLines(families: readonly (readonly [BlockFamily, string])[]): string[] {
  let x = MARGIN;
  return families.map(([family, name]) => {
    const [fill, stroke] = colors[family];
    const at = x;
    x += Math.ceil(34 + textWidth(name));
    return `<rect x="${at}" y="68" width="12" height="12" rx="3" fill="${fill}" stroke="${stroke}"/><text x="${at + 18}" y="78" fill="#374151">${name}</text>`;
  });
}

function drawBox(
  { x, y, width, height }: PlacedBox,
  { lines, family, nodes }: Block,
  marked: ReadonlyMap<string, string>,
): string {
  const [fill, stroke] = colors[family];
  const isEnd = family === "input" || family === "output";
  const reasons = nodes.flatMap((node) => (marked.has(node) ? [marked.get(node)!] : []));
  const border = reasons.length > 0 ? `stroke="#dc2626" stroke-width="2" stroke-dasharray="5 3"` : `stroke="${stroke}"`;
  const center = round(x + width / 2);
  const texts = lines.map((line, index) => {
    const style =
      index === 0
        ? `font-weight="600" fill="${isEnd ? "#ffffff" : "#111827"}"`
        : `font-size="11" fill="${isEnd ? "#d1d5db" : "#4b5563"}"`;
    return `<text x="${center}" y="${round(y + PADDING + 9 + index * LINE)}" text-anchor="middle" ${style}>${escapeText(line)}</text>`;
  });
  const about = [...nodes, ...reasons].join("\n");
  return [
    "<g>",
    about === "" ? "" : `<title>${escapeText(about)}</title>`,
    `<rect x="${round(x)}" y="${round(y)}" width="${width}" height="${height}" rx="${isEnd ? round(height / 2) : 7}" fill="${fill}" ${border}/>`,
    ...texts,
    "</g>",
  ].join("");
}

/** A line through the points, vertical at each of them; straight where two lie above one another. */
function curve(points: readonly (readonly [number, number])[]): string {
  return points
    .map(([x, y], index) => {
      const before = points[index - 1];
      if (!before) return `M${round(x)} ${round(y)}`;
      if (Math.abs(before[0] - x) < 0.5) return `L${round(x)} ${round(y)}`;
      const middle = round((before[1] + y) / 2);
      return `C${round(before[0])} ${middle} ${round(x)} ${middle} ${round(x)} ${round(y)}`;
    })
    .join("");
}

const arrow = ([x, y]: readonly [number, number]): string => `<path d="M${round(x)} ${round(y)}l-3.5 -6h7z"/>`;

const round = (value: number): number => Math.round(value * 10) / 10;

const escapeText = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML forbids them
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "?")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
