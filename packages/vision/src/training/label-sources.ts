import type { Dataset } from "../data/types.ts";
import type { ModelCard } from "../model/card.ts";
import type { Recipe } from "./recipe.ts";

type CardSource = ModelCard["sources"][number];

/**
 * The data sets and teachers of a recipe with their terms, and where each label came from: of a data set the tasks that its own samples
 * are labelled for, under the names that the recipe gives their labels; of a teacher what it labelled in which set. The data sets stand
 * in the order of the recipe's.
 */
export function labelSources(recipe: Recipe, datasets: readonly Dataset[]): CardSource[] {
  const { data, model, teachers } = recipe;
  const sets = data.kind === "samples" ? data.sets : [];
  const ofSets = datasets.map(({ name, terms, samples }, index): CardSource => {
    const names = sets[index]?.labels ?? {};
    const labels = model.tasks
      .map((task) => task.name)
      .filter((task) => samples.some((sample) => sample.labels[names[task] ?? task] !== undefined));
    return { name, licence: terms.licence, source: terms.source, ...(labels.length > 0 ? { labels } : {}) };
  });
  const ofTeachers = teachers.map(({ model: _, ...terms }): CardSource => {
    const taught = sets.flatMap((set, index) =>
      Object.entries(set.taught)
        .filter(([, { teacher }]) => teacher === terms.name)
        .map(([task, { share, at_least }]) => ({
          task,
          set: datasets[index]!.name,
          ...(share < 1 ? { share } : {}),
          ...(at_least > 0 ? { at_least } : {}),
        })),
    );
    return { ...terms, ...(taught.length > 0 ? { taught } : {}) };
  });
  return [...ofSets, ...ofTeachers];
}
