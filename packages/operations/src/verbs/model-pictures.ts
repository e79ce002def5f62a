import { dirname, join } from "node:path";
import { z } from "zod";
import { errors } from "../errors.ts";
import { findRecipe } from "../models/recipe-folder.ts";
import { hashFile, modelPath, updateChecksum } from "../models/store.ts";
import { operation } from "../operation.ts";
import { dataFolder, modelsFolder, optionalText, terminal } from "./schemas.ts";

const listedSchema = z.object({
  name: z.string(),
  path: z.string(),
  recipe: z.string().describe("the very recipe that the card names, its hash compared"),
  sets: z
    .array(z.object({ name: z.string(), count: z.int() }))
    .describe("data sets of the recipe, and the samples of their training parts"),
  pictures: z.int().describe("that the file lists now; pictures with the same pixels are one"),
  listed_before: z.int().nullable().describe("that it listed before and lists still; null where it had no list"),
  sha256: z.string().describe("of the file as it is now"),
  graph_sha256: z.string().describe("of the file without its metadata: as before"),
  checksums: z.string().nullable().describe("the SHA256SUMS that was updated; null where none lists the file"),
});

/** Puts the list of training pictures into the file of a model that has none, from its recipe and data. */
export const writeModelPictures = operation({
  name: "models pictures",
  summary:
    "Write the list of the pictures that a model was trained on into its file, from its recipe and data; the graph and the card stay as they are.",
  input: z.object({
    model: z
      .string()
      .min(1)
      .describe("name of the model, or its .onnx file")
      .meta(terminal({ positional: true, value: "MODEL" })),
    recipe: optionalText("its recipe; found by the name and hash in the card when absent", "FILE"),
    recipes: optionalText("folder with a folder for each recipe; those of the product when absent", "DIR"),
    data: dataFolder,
    models: modelsFolder,
  }),
  output: listedSchema,
  async run(input, context) {
    const path = await modelPath(context.models(input.models), input.model);
    const file = path.split(/[/\\]/).at(-1)!;
    const name = file.replace(/\.onnx$/, "");
    const card = await context.parts.readCard(path);
    if (!card.recipe) throw errors["no-recipe"]({ model: name });
    const recipe = await recipeOf(input, { model: name, ...card.recipe }, context.parts.recipesFolder);
    context.progress({ done: 0, unit: "lists", note: "reading the training pictures" });
    const { pictures, sets } = await context.parts.recipePictures(recipe, {
      signal: context.signal,
      ...(input.data === undefined ? {} : { dataFolders: [input.data] }),
    });
    const graphSha256 = await context.parts.graphHash(path);
    const { count, before } = await context.parts.writePictures(path, pictures);
    const sha256 = await hashFile(path);
    const isListed = await updateChecksum(dirname(path), { name: file, sha256 });
    return {
      name,
      path,
      recipe,
      sets: sets.map((set) => ({ ...set })),
      pictures: count,
      listed_before: before,
      sha256,
      graph_sha256: graphSha256,
      checksums: isListed ? join(dirname(path), "SHA256SUMS") : null,
    };
  },
});

/** The recipe that a card names: the file that is told, if it is that very one, or the one in the folder of recipes. */
async function recipeOf(
  { recipe, recipes }: { readonly recipe?: string | undefined; readonly recipes?: string | undefined },
  card: { readonly model: string; readonly name: string; readonly sha256: string },
  usual: string,
): Promise<string> {
  if (recipe === undefined) return (await findRecipe(recipes ?? usual, card)).recipe;
  const received = await hashFile(recipe).catch((cause: unknown) => {
    throw errors["missing-file"]({ path: recipe }, { cause });
  });
  if (received !== card.sha256) {
    throw errors["other-recipe"]({ model: card.model, recipe, expected: card.sha256, received });
  }
  return recipe;
}
