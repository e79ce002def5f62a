import type { FailedPrediction, Predicted } from "@foveajs/operations";
import type { Style } from "../output/style.ts";
import { bar, counted, duration, formatTable, printable } from "../output/table.ts";
import type { ViewMaker } from "./view.ts";

type TaskPrediction = Predicted["tasks"][string];

/** A line a picture, under it a line a task: what it says, with a bar where it has a probability. */
export const predictView: ViewMaker<Predicted | FailedPrediction> = ({ style }) => {
  let images = 0;
  let failed = 0;
  return {
    item(result) {
      images++;
      if ("error" in result) {
        failed++;
        return `${style.bold(printable(result.file))}  ${style.red("failed")}  ${printable(result.error.message)}\n`;
      }
      const head = `${style.bold(printable(result.file))}  ${style.dim(`${result.width} x ${result.height}`)}`;
      const rows = Object.entries(result.tasks).map(([name, task]) => [
        `  ${printable(name)}`,
        ...taskCells(task, style),
      ]);
      return `${head}\n${formatTable(rows)}`;
    },
    end({ milliseconds, device }) {
      const parts = [
        counted(images, "image"),
        ...(failed === 0 ? [] : [style.red(`${failed} failed`)]),
        duration(milliseconds),
        ...(device === undefined ? [] : [`on ${device}`]),
      ];
      return `${style.dim("total:")} ${parts.join(", ")}\n`;
    },
  };
};

function taskCells(task: TaskPrediction, style: Style): string[] {
  switch (task.kind) {
    case "classification": {
      const probability = task.scores[task.label] ?? 0;
      return [printable(task.label), style.cyan(bar(probability, 10)), percent(probability)];
    }
    case "multilabel":
      return [
        task.labels.map((label) => `${printable(label)} ${percent(task.scores[label] ?? 0)}`).join(", ") || "none",
      ];
    case "ordinal":
      return [`${printable(task.label)} (${task.grade.toFixed(2)})`];
    case "regression":
      return [`${pairs(task.values)}${task.derived_from === undefined ? "" : style.dim(" (derived)")}`];
    case "landmarks":
      return [counted(task.points.length, "point")];
    case "detection":
      return [task.objects.length === 0 ? "nothing" : task.objects.map(objectText).join(", ")];
  }
}

const objectText = ({
  box,
  score,
  label,
}: Extract<TaskPrediction, { kind: "detection" }>["objects"][number]): string => {
  const [x, y, width, height] = [box.x, box.y, box.width, box.height].map(Math.round);
  return `${label === undefined ? "" : `${printable(label)} `}${width} x ${height} at ${x}, ${y} (${percent(score)})`;
};

const pairs = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${printable(name)} ${value.toFixed(3)}`)
    .join(", ");

const percent = (share: number): string => `${Math.round(share * 100)}%`;
