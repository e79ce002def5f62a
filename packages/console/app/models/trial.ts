import { type TaskPrediction, taskPrediction } from "@foveajs/operations/browser";
import { createFacePipeline, type Face, type Image, loadModel, type ModelBytes, type ModelCard } from "@foveajs/vision";
import { withoutReadings } from "../engine/withheld.ts";

/** What a model tells of a picture: of each face that was found in it, or of the picture as a whole. */
export type Told =
  | { readonly kind: "faces"; readonly faces: readonly Face[] }
  | { readonly kind: "picture"; readonly tasks: Readonly<Record<string, TaskPrediction>> };

/** A model that is ready to be tried in the page. */
export interface Trial {
  tell(image: Image, options?: { readonly signal?: AbortSignal }): Promise<Told>;
  dispose(): Promise<void>;
}

export interface TrialOptions {
  readonly card: ModelCard;
  /** Names of tasks and values that are not told. */
  readonly withheld?: readonly string[];
  /** Fetches the detector that finds faces for a model that reads them. */
  readonly detector: () => Promise<ModelBytes>;
}

/** Opens a model as it is meant to be used: one that reads faces together with what finds them. */
export async function openTrial(model: ModelBytes, { card, withheld = [], detector }: TrialOptions): Promise<Trial> {
  const hidden = new Set(withheld);
  if (!readsFaces(card)) {
    const { run, dispose } = await loadModel(model.bytes, { name: model.name });
    return {
      async tell(image, options) {
        const { outputs, inputs } = await run([image], options);
        const tasks = card.tasks.flatMap((task) => {
          const told = hidden.has(task.name) ? undefined : taskPrediction(task, outputs, { row: 0, input: inputs[0]! });
          return told ? [[task.name, withoutValues(told, hidden)] as const] : [];
        });
        return { kind: "picture", tasks: Object.fromEntries(tasks) };
      },
      dispose,
    };
  }
  const pipeline = await createFacePipeline({ detector: await detector(), reader: model });
  return {
    async tell(image, options) {
      const faces = await pipeline.analyze(image, options);
      return { kind: "faces", faces: faces.map((face) => withoutReadings(face, hidden)) };
    },
    dispose: () => pipeline.dispose(),
  };
}

/** Whether a model reads a face that was cut out by its points. */
export const readsFaces = ({ alignment }: Pick<ModelCard, "alignment">): boolean => alignment !== undefined;

function withoutValues(told: TaskPrediction, hidden: ReadonlySet<string>): TaskPrediction {
  if (told.kind !== "regression") return told;
  return { ...told, values: Object.fromEntries(Object.entries(told.values).filter(([name]) => !hidden.has(name))) };
}
