import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { LoadedRecipe, Recipe } from "./recipe.ts";

/**
 * A recipe whose files (the model that it starts from, teachers, the list of false finds) are found from any working directory: one that
 * is not there is looked for in the recipe's folder and in the two above it, which is the repository's for recipes/NAME and for
 * runs/NAME. What is nowhere stays as it is named. The text and its hash are those of the file.
 */
export function withFilesBeside(loaded: LoadedRecipe, path: string): LoadedRecipe {
  const folder = dirname(resolve(path));
  const folders = [folder, join(folder, ".."), join(folder, "..", "..")];
  const found = <Named extends { readonly file: string }>(named: Named): Named => {
    if (existsSync(named.file)) return named;
    const file = folders.map((parent) => join(parent, named.file)).find((candidate) => existsSync(candidate));
    return file === undefined ? named : { ...named, file };
  };
  const { recipe } = loaded;
  const { data, model, teachers } = recipe;
  const located: Recipe = {
    ...recipe,
    model: { ...model, ...(model.from ? { from: found(model.from) } : {}) },
    teachers: teachers.map((teacher) => ({ ...teacher, ...(teacher.model ? { model: found(teacher.model) } : {}) })),
    data: data.kind === "scenes" && data.false_finds ? { ...data, false_finds: found(data.false_finds) } : data,
  };
  return { ...loaded, recipe: located };
}
