import { type Graph, readOnnx, type Tensor } from "@foveajs/graph";
import { sha256 as hashOf, readBytes } from "#host";
import { type BackboneSpec, recognizeBackbone } from "../backbones/table.ts";
import { errors } from "../errors.ts";
import type { TaskSpec } from "../tasks/table.ts";
import { readCard } from "./card.ts";
import { hasHash } from "./file-hash.ts";
import { type ForeignBackbone, foreignBackbone } from "./foreign-backbone.ts";
import { readTrainingPictures, type TrainingPictures } from "./training-pictures.ts";

/** What the weights of a network start from. */
export interface Start {
  /** Weights and statistics that are taken, by name: of the backbone, and of heads that go on. */
  readonly weights: ReadonlyMap<string, Tensor>;
  /** Where the file's own graph is the backbone. */
  readonly foreign?: ForeignBackbone;
  /** What the file lists as the pictures that it was trained on, where it has a list. */
  readonly pictures?: TrainingPictures | undefined;
}

/** How a recipe names its start. */
export interface StartSpec {
  readonly file: string;
  readonly sha256?: string | undefined;
  readonly features?: string | undefined;
  /** Tasks of a model of Fovea whose heads go on too. */
  readonly heads?: readonly string[] | undefined;
}

/** What of a recipe's model decides what can be taken. */
export interface Starting {
  readonly backbone?: BackboneSpec | undefined;
  readonly tasks?: readonly TaskSpec[];
}

/** Reads the file of a recipe's model.from; with `backbone` its weights are taken by name, without its graph is the backbone. */
export async function readStart(
  { file, sha256, features, heads = [] }: StartSpec,
  { backbone, tasks = [] }: Starting,
): Promise<Start> {
  const bytes = await readBytes(file).catch((cause: unknown) => {
    throw errors["start-file"](
      { file, expected: "a file that can be read", received: (cause as Error).message },
      { cause },
    );
  });
  if (sha256 !== undefined && !hasHash(bytes, sha256)) {
    throw errors["start-file"]({ file, expected: `SHA-256 ${sha256}`, received: hashOf(bytes) });
  }
  const graph = readOnnx(bytes);
  const pictures = readTrainingPictures(graph, file);
  if (!backbone) return { weights: new Map(), foreign: foreignBackbone(graph, { file, features }), pictures };
  const own = backboneIn(graph);
  if (JSON.stringify(own) !== JSON.stringify(backbone)) {
    const received = own ? JSON.stringify(own) : "a graph of another maker";
    throw errors["start-file"]({ file, expected: `the backbone ${JSON.stringify(backbone)}`, received });
  }
  for (const name of heads) mustGoOn(graph, file, name, tasks);
  const prefixes = ["backbone.", ...heads.map((name) => `heads.${name}.`)];
  const weights = [...graph.initializers].filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix)));
  return { weights: new Map(weights), pictures };
}

/** A head goes on where the file has the task word for word, so that no weight comes to mean another class or point. */
function mustGoOn(graph: Graph, file: string, name: string, tasks: readonly TaskSpec[]): void {
  const asTold = (of: readonly TaskSpec[]) => JSON.stringify(untuned(of.find((task) => task.name === name)));
  const [wanted, own] = [asTold(tasks), asTold(readCard(graph, file).tasks)];
  if (own !== wanted)
    throw errors["start-file"]({ file, expected: `the task ${wanted}`, received: own ?? "none of that name" });
}

/** A task without what a training adds to it at its end. */
const untuned = (task: TaskSpec | undefined): object | undefined =>
  task && { ...task, temperature: undefined, threshold: undefined };

/** The backbone of a network that Fovea built, by its weights; undefined for graphs of others. */
export const backboneIn = ({ initializers }: Pick<Graph, "initializers">): BackboneSpec | undefined =>
  recognizeBackbone((weight) => initializers.get(`backbone.${weight}`)?.shape);

/**
 * What was added to each picture's deviation where a network of Fovea centres and scales pictures by itself (layer `standardize`):
 * the constant of the addition behind the divisor of the stem's input. Undefined where it does not.
 */
export function standardizedBy({ nodes, initializers }: Graph): number | undefined {
  const makerOf = (name: string | undefined) => nodes.find(({ outputs }) => outputs[0] === name);
  const stem = nodes.find(({ op }) => op === "Conv");
  const division = makerOf(stem?.inputs[0]);
  if (division?.op !== "Div") return undefined;
  const addition = makerOf(division.inputs[1]);
  const floor = addition?.inputs.map((name) => initializers.get(name)).find((tensor) => tensor !== undefined);
  // float32 of 0.02 is 0.0199999996: told as people wrote it
  return floor && Number(Number((floor.data as Float32Array)[0]).toPrecision(6));
}
