import type { Analysis, FaceResult, FailedAnalysis } from "@foveajs/operations";
import type { Style } from "../output/style.ts";
import { bar, count, counted, duration, formatTable, printable } from "../output/table.ts";
import type { ViewMaker } from "./view.ts";

/** A line a picture, under it a line a face: box, score, expression with a bar; totals at the end. */
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

/** "  1  108 x 140 at 174, 65   98%  happiness  █████████▋  97%" */
function faceRow({ box, score, expression }: FaceResult, index: number, style: Style): string[] {
  const [x, y, width, height] = [box.x, box.y, box.width, box.height].map(Math.round);
  const row = [`  ${style.dim(String(index + 1))}`, `${width} x ${height} at ${x}, ${y}`, percent(score)];
  if (!expression) return row;
  const probability = expression.scores[expression.label] ?? 0;
  return [...row, printable(expression.label), style.cyan(bar(probability, 10)), percent(probability)];
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;
