import { basename } from "node:path";
import { uprightSize } from "../../data/readers/upright-size.ts";
import { errors } from "../../errors.ts";
import { readStart } from "../../model/start.ts";
import { nameOf, type OwnRequest, openOwnData } from "./own-data.ts";
import { type Proposal, type ProposeOptions, proposeFor } from "./propose-for.ts";
import { startModel } from "./start-model.ts";

/** Opens pictures of one's own and proposes a complete recipe for them; see `proposeFor`. */
export async function proposeRecipe(request: OwnRequest, options: ProposeOptions): Promise<Proposal> {
  const data = await openOwnData(request);
  const start = request.from === undefined ? undefined : await startModel(request.from, request);
  if (start && data.hasBoxes && start.backbone?.family !== "pyramid") {
    const expected = "a detector of Fovea, whose maps of several sizes boxes are found in";
    throw errors["start-file"]({ file: request.from!, expected, received: start.note.value });
  }
  const files = start && (await readStart(start.from as { file: string }, start));
  const { flip, minutes } = request;
  return proposeFor(
    { name: nameOf(request), data, pictures: basename(data.spec.folder), flip, minutes, start, files },
    { ...options, sizeOf: ({ image: { file } }) => uprightSize(file) },
  );
}
