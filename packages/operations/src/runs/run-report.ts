import { type ReportFact, type ReportInput, type ReportLimits, usualLimits } from "@foveajs/evaluation";
import type { Recipe } from "@foveajs/vision";
import type { MeasuredRun } from "./measured-run.ts";
import { momentsRun } from "./moments-run.ts";
import { overview } from "./overview.ts";
import type { RunState } from "./run-state.ts";
import { taskRun } from "./task-run.ts";

/** Fewer pictures than in the report of an evaluation, as there are many tasks in one page. */
export const wholeLimits: ReportLimits = { ...usualLimits, perCell: 8, mistakes: 14, cells: 160 };

/** While a run goes on: each picture takes time from it. */
export const quickLimits: ReportLimits = { ...usualLimits, perCell: 0, mistakes: 7, cells: 0 };

/** The report of a run as data: how it stands, the moments of its tasks, and each task. */
export function runReport(
  run: MeasuredRun,
  { state, limits = wholeLimits }: { readonly state: RunState; readonly limits?: ReportLimits },
): ReportInput {
  const { record, courses } = run;
  const { recipe, sha256 } = record.loaded;
  const { start, done } = record;
  const moments = courses.length > 1 || record.predicted.length > 0 ? momentsRun(run) : undefined;
  const facts: readonly ReportFact[] = [
    { name: "recipe", value: recipe.name },
    { name: "SHA-256 of the recipe", value: sha256 },
    { name: "seed", value: String(start.seed) },
    { name: "device", value: start.device },
    { name: "data", value: dataText(recipe) },
    {
      name: "samples",
      value: Object.entries(start.samples)
        .map(([split, samples]) => `${samples} ${split}`)
        .join(", "),
    },
    { name: "licence of the weights", value: recipe.card.licence },
    ...(done === undefined
      ? []
      : [
          { name: "model", value: done.model },
          { name: "SHA-256 of the model", value: done.sha256 },
        ]),
  ];
  return {
    title: `Training of ${recipe.name}`,
    lead: `${courses.length === 1 ? "One task" : `${courses.length} tasks`}, ${start.epochs} epochs, ${start.steps.toLocaleString("en-US")} steps.`,
    facts,
    runs: [
      overview(run, state),
      ...(moments === undefined ? [] : [moments]),
      ...courses.map((course) => taskRun(run, course, limits)),
    ],
    notes: [
      "All numbers are of validation samples, on which hyperparameters were perhaps chosen; they are no test result.",
      "Halves are by sample: where pictures of one person or video are in both, honest gains are still somewhat too good.",
      "Training losses are of augmented pictures at the sizes of the schedule and of the weights as they change; validation is of the averaged weights where the recipe averages.",
      "Probabilities are those before the temperature, which is fitted at the end; in the table of thresholds they are those after it.",
      recipe.card.limits,
    ],
    titles: { facts: "The run", notes: "How to read it" },
  };
}

const dataText = ({ data }: Recipe): string =>
  data.kind === "scenes"
    ? [data.photographs, ...data.backgrounds, ...data.cutouts].map(({ folder }) => folder).join(", ")
    : data.sets.map(({ folder }) => folder).join(", ");
