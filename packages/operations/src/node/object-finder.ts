import { decodeDetections, levelsOf, type Model } from "@foveajs/vision";
import type { ObjectFinder, Subject } from "../models/subject.ts";

/** What a model with a detection of named classes finds; nothing of other models. */
export function objectFinderOf({ card, run }: Pick<Model, "card" | "run">): Pick<Subject, "objectFinder"> {
  const task = card.tasks.find((spec) => spec.kind === "detection" && spec.labels !== undefined);
  if (task?.kind !== "detection" || task.labels === undefined) return {};
  const { labels } = task;
  const objectFinder: ObjectFinder = {
    threshold: task.threshold,
    labels,
    async find(image, { threshold = task.threshold, signal }) {
      const { outputs, inputs } = await run([image], { signal });
      const found = decodeDetections(levelsOf(outputs, task), task, { toImage: inputs[0]!.toImage, threshold });
      return found.map(({ box, score, class: index = 0 }) => ({ category: labels[index]!, box, score }));
    },
  };
  return { objectFinder };
}
