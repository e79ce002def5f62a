import { stat } from "node:fs/promises";
import { type Context, describeModelTensors, type ValueInfo } from "@foveajs/operations";

/** What is known of a model without opening it. */
export interface ModelDescription {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Names of its tasks; of a file without a card, of its outputs. */
  readonly tasks: readonly string[];
}

/** Descriptions of models by name, read again when a file has changed. Throws where there is no such model. */
export type DescribeModel = (name: string) => Promise<ModelDescription>;

export function createDescriptions(context: Context, folder: string | undefined): DescribeModel {
  const known = new Map<string, { stamp: string; description: ModelDescription }>();
  const store = context.models(folder);
  return async (name) => {
    const { path } = await store.find(name);
    const { mtimeMs, size } = await stat(path);
    const stamp = `${path} ${mtimeMs} ${size}`;
    const found = known.get(name);
    if (found?.stamp === stamp) return found.description;
    const { inputs, outputs } = await describeModelTensors(store, name);
    const card = await context.parts.readCard(path).catch(() => undefined);
    const tasks = (card?.tasks ?? outputs).map((task) => task.name);
    const description = { inputs, outputs, tasks };
    known.set(name, { stamp, description });
    return description;
  };
}
