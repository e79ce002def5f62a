import type { Analysis, FaceResult, FailedAnalysis } from "@foveajs/operations";
import type { Style } from "../output/style.ts";
import { bar, count, counted, duration, formatTable, printable } from "../output/table.ts";
import type { ViewMaker } from "./view.ts";

/** A line a picture, under it a line a face: box, score, expression with a bar, then what else was read; totals at the end. */
export const analyzeView: ViewMaker<Analysis | FailedAnalysis> = ({ style }) => {
  let images = 0;
  let failed = 0;
  let faces = 0;
  return {
    item(result) {
      images++;
      if ("error" in result) {
        failed++;
        return `${style.bold(printable(result.file))}  ${style.red("failed")}  ${printable(result.error.message)}\n`;
      }
      faces += result.faces.length;
      const head = [
        style.bold(printable(result.file)),
        style.dim(`${result.width} x ${result.height}`),
        counted(result.faces.length, "face"),
        style.dim(duration(result.milliseconds)),
        ...(result.overlay === undefined ? [] : [style.dim(`drawn in ${printable(result.overlay)}`)]),
      ];
      const rows = result.faces.map((face, index) => faceRow(face, index, style));
      return `${head.join("  ")}\n${formatTable(rows, { right: [0, 1, 2, 5] })}`;
    },
    end({ milliseconds, device }) {
      const parts = [
        counted(images, "image"),
        counted(faces, "face"),
        ...(failed === 0 ? [] : [style.red(`${count(failed)} failed`)]),
        duration(milliseconds),
        ...(device === undefined ? [] : [`on ${device}`]),
      ];
      return `${style.dim("total:")} ${parts.join(", ")}\n`;
    },
  };
};

/** "  1  108 x 140 at 174, 65   98%  happiness  █████████▋  97%  smile yes 94%, glasses no 99%, eyes open" */
function faceRow(face: FaceResult, index: number, style: Style): string[] {
  const { box, score, expression } = face;
  const [x, y, width, height] = [box.x, box.y, box.width, box.height].map(Math.round);
  const row = [`  ${style.dim(String(index + 1))}`, `${width} x ${height} at ${x}, ${y}`, percent(score)];
  const probability = expression?.scores[expression.label] ?? 0;
  const told = expression ? [printable(expression.label), style.cyan(bar(probability, 10)), percent(probability)] : [];
  const others = othersOf(face, style);
  if (others === "") return [...row, ...told];
  return [...row, ...(expression ? told : ["", "", ""]), others];
}

/** What else was read, in words. */
function othersOf({ valence, arousal, expression: _, ...rest }: FaceResult, style: Style): string {
  const words = Object.entries(rest).flatMap(([name, value]) => {
    if (isReading(value)) return [`${printable(spaced(name))} ${readingWords(value)}`];
    if (isPair(value)) return [`${printable(spaced(name))}s ${pairWords(value)}`];
    return [];
  });
  const affect =
    valence === undefined || arousal === undefined
      ? []
      : [style.dim(`valence ${signed(valence)}, arousal ${signed(arousal)} (derived)`)];
  return [...words, ...affect].join(", ");
}

interface Reading {
  readonly label: string;
  readonly scores: Readonly<Record<string, number>>;
}

const isReading = (value: unknown): value is Reading =>
  typeof value === "object" && value !== null && "label" in value && "scores" in value;

const isPair = (value: unknown): value is { readonly left: Reading; readonly right: Reading } =>
  typeof value === "object" && value !== null && "left" in value && isReading(value.left);

const readingWords = ({ label, scores }: Reading): string =>
  `${printable(spaced(label))} ${percent(scores[label] ?? 0)}`;

/** "open", or each by itself where the two differ. */
const pairWords = ({ left, right }: { readonly left: Reading; readonly right: Reading }): string =>
  left.label === right.label
    ? printable(spaced(left.label))
    : `${printable(spaced(left.label))} left, ${printable(spaced(right.label))} right`;

const spaced = (name: string): string => name.replaceAll("_", " ");

const percent = (share: number): string => `${Math.round(share * 100)}%`;

const signed = (value: number): string => `${value < 0 ? "" : "+"}${value.toFixed(1)}`;
