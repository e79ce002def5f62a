import { type BlockFamily, type Placement, placeInLayers } from "@foveajs/graph";
import type { Outline, Stage } from "./outline.ts";

/** A box of the drawing, in units of its own (pixels at full size). */
export interface DrawnBox {
  readonly id: string;
  /** `stage`: folded; `frame`: around the blocks of one that is open; `block`: operators; `end`: input or output of the model. */
  readonly kind: "stage" | "frame" | "block" | "end";
  readonly stage: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The first line is the title. */
  readonly lines: readonly string[];
  /** Of a block. */
  readonly family?: BlockFamily;
  /** Names of the file's nodes that the box stands for. */
  readonly nodes: readonly string[];
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** Frames before what stands in them. */
  readonly boxes: readonly DrawnBox[];
  readonly lines: readonly DrawnLine[];
}

/** A line from a maker to a reader by way of points, from top to bottom. */
export interface DrawnLine {
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Whether it ends in a box, with the head of an arrow. */
  readonly hasTip: boolean;
}

export interface DrawingOptions {
  /** Ids of the stages whose blocks are drawn. */
  readonly open: ReadonlySet<string>;
  /** What the box of a stage says. */
  readonly linesOf: (stage: Stage) => readonly string[];
}

/** Height of a line of text, in the drawing's units; the first baseline is this far below a box's upper edge. */
export const LINE = 18;
/** Size of the text. */
export const FONT = 13;
const PADDING = 12;
/** Room beside a title for the sign that it can be opened or folded. */
const SIGN = 12;
/** Between frames and what is in them. */
const INSET = 16;
const MARGIN = 8;

/** Width of a text as a sans serif of the system has it, about: characters of the Han are as wide as high. */
export const widthOfText = (text: string): number =>
  [...text].reduce((sum, character) => sum + FONT * (character > "\u2e80" ? 1.02 : 0.58), 0);

/** Lays a model out from top to bottom, stage by stage; the blocks of an open one stand within its frame. */
export function drawOutline({ stages, edges }: Outline, { open, linesOf }: DrawingOptions): Drawing {
  const parts = stages.map((stage) =>
    open.has(stage.id) ? openStage(stage, linesOf(stage)) : foldedStage(stage, linesOf(stage)),
  );
  const placed = placeInLayers(
    parts.map(({ stage: id, width, height }) => ({ id, width, height })),
    edges,
    { gapX: 20, gapY: 36 },
  );
  const byId = new Map(parts.map((part) => [part.stage, part]));
  const inner = placed.boxes.map(({ id, x, y }) => shifted(byId.get(id)!, x + MARGIN, y + MARGIN));
  return {
    width: Math.ceil(placed.width + 2 * MARGIN),
    height: Math.ceil(placed.height + 2 * MARGIN),
    boxes: inner.flatMap(({ boxes }) => boxes),
    lines: [...linesOfPlacement(placed, MARGIN, MARGIN), ...inner.flatMap(({ lines }) => lines)],
  };
}

interface Part extends Drawing {
  readonly stage: string;
}

function foldedStage(stage: Stage, lines: readonly string[]): Part {
  const kind = stage.kind === "input" ? "end" : "stage";
  const size = sizeOfLines(lines, kind === "stage" ? 2 * SIGN : 0);
  const nodes = stage.blocks.flatMap((block) => block.nodes);
  return {
    stage: stage.id,
    ...size,
    boxes: [{ id: stage.id, kind, stage: stage.id, x: 0, y: 0, ...size, lines, nodes }],
    lines: [],
  };
}

/** Invisible boxes at the ends of a frame, through which lines come in and go out. */
const [ENTRY, EXIT] = ["entry", "exit"];

function openStage({ id, blocks, edges }: Stage, words: readonly string[]): Part {
  const title = sizeOfLines(words.slice(0, 1), SIGN);
  const sized = blocks.map((block) => ({ id: block.id, ...sizeOfLines(block.lines) }));
  const made = new Set(edges.map(([, to]) => to));
  const used = new Set(edges.map(([from]) => from));
  const ends = [
    ...blocks.flatMap((block) => (made.has(block.id) ? [] : [[ENTRY, block.id] as const])),
    ...blocks.flatMap((block) => (used.has(block.id) || block.family === "output" ? [] : [[block.id, EXIT] as const])),
  ];
  const hasExit = ends.some(([, to]) => to === EXIT);
  const gates = [ENTRY, ...(hasExit ? [EXIT] : [])].map((gate) => ({ id: gate, width: 2, height: 0 }));
  const placed = placeInLayers([...gates, ...sized], [...ends, ...edges] as [string, string][], { gapX: 20, gapY: 28 });
  const width = Math.max(placed.width, title.width) + 2 * INSET;
  const height = placed.height + title.height + INSET;
  const left = (width - placed.width) / 2;
  const top = title.height;
  const byId = new Map(blocks.map((block) => [block.id, block]));
  const frame: DrawnBox = {
    id,
    kind: "frame",
    stage: id,
    x: 0,
    y: 0,
    width,
    height,
    lines: words.slice(0, 1),
    nodes: [],
  };
  const inside = placed.boxes.flatMap((box): DrawnBox[] => {
    const block = byId.get(box.id);
    if (!block) return [];
    const { family, lines: own, nodes } = block;
    const kind = family === "input" || family === "output" ? "end" : "block";
    const at = { x: box.x + left, y: box.y + top, width: box.width, height: box.height };
    return [{ id: box.id, kind, stage: id, ...at, lines: own, family, nodes }];
  });
  // what goes out goes to the frame's edge
  const lines = linesOfPlacement(placed, left, top).map(({ points, hasTip }) =>
    hasTip ? { points, hasTip } : { points: [...points, [points.at(-1)![0], height] as const], hasTip },
  );
  return { stage: id, width, height, boxes: [frame, ...inside], lines };
}

function sizeOfLines(lines: readonly string[], besideTitle = 0): { width: number; height: number } {
  // titles are bold, which is wider
  const widest = Math.max(
    0,
    ...lines.map((line, at) => (at === 0 ? 1.1 * widthOfText(line) + besideTitle : widthOfText(line))),
  );
  return { width: Math.max(72, Math.ceil(widest) + 2 * PADDING), height: lines.length * LINE + PADDING };
}

const shifted = ({ stage, width, height, boxes, lines }: Part, x: number, y: number): Part => ({
  stage,
  width,
  height,
  boxes: boxes.map((box) => ({ ...box, x: box.x + x, y: box.y + y })),
  lines: lines.map(({ points, hasTip }) => ({ points: points.map(([px, py]) => [px + x, py + y] as const), hasTip })),
});

const linesOfPlacement = ({ edges }: Placement, left: number, top: number): readonly DrawnLine[] =>
  edges.map(({ to, points }) => ({
    points: points.map(([x, y]) => [x + left, y + top] as const),
    hasTip: to !== EXIT,
  }));

/** A line as the path of an SVG: vertical at each of its points, straight where two lie above one another. */
export function pathOf({ points }: DrawnLine): string {
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

const round = (value: number): number => Math.round(value * 10) / 10;
