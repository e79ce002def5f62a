import { type ServerOptions, serverClient } from "../server/client.ts";
import type { ServerFacts } from "../server/facts.ts";
import { listModels } from "../server/models.ts";
import type { SnippetOptions, TensorModel } from "./snippets.ts";

/** Models that the snippets name where they are there: what finds faces for whole pictures, a small one for tensors. */
const [PREDICTOR, TENSOR] = ["face-detector", "expression"];
/** Named where the server cannot be asked which it has. */
const fallback: TensorModel = { name: TENSOR, input: "image", shape: [-1, 1, 44, 44] };

/** What is put into the snippets so that they run on this server: models that it has and may tell. */
export async function planSnippets(
  { withheld, example }: Pick<ServerFacts, "withheld" | "example">,
  options: ServerOptions = {},
): Promise<Pick<SnippetOptions, "file" | "predictor" | "tensor">> {
  const file = example?.file ?? "photo.jpg";
  const hidden = new Set(withheld?.names ?? []);
  const listed = await listModels(options).catch(() => []);
  const usable = listed.flatMap((model) =>
    "error" in model || model.tasks.some((task) => hidden.has(task)) ? [] : [model.name],
  );
  const chosen = (wanted: string) => usable.find((name) => name === wanted) ?? usable[0] ?? wanted;
  const tensor = chosen(TENSOR);
  const described = await serverClient(options)
    .protocol.model(tensor)
    .catch(() => undefined);
  const [input] = described?.inputs ?? [];
  return {
    file,
    predictor: chosen(PREDICTOR),
    tensor: input ? { name: tensor, input: input.name, shape: input.shape } : { ...fallback, name: tensor },
  };
}
