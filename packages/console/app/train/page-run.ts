import { FoveaError } from "@foveajs/errors";
import { forgetExamples, trainInMemory } from "@foveajs/vision";
import { errors } from "../errors.ts";
import { withEvent } from "./progress.ts";
import type { Place, Run } from "./run.ts";
import { readPixels } from "./store.ts";

/** Where the trainer keeps its part of a run. */
const RUN = "runs/console";

/** Trains in the page: nothing leaves it, and it goes on from its last checkpoint after a reload. */
export const trainInPage: Place = async ({ run, start, signal, onProgress, onKeep }) => {
  const { name, minutes, flip, classes } = run;
  const options = {
    name,
    run: RUN,
    minutes,
    signal,
    ...(flip === undefined ? {} : { flip }),
    onEvent(event: Parameters<typeof withEvent>[1]) {
      onProgress((progress) => withEvent(progress, event));
      if (event.type === "checkpoint" || event.type === "start") onKeep();
    },
  };
  const anew = async () => trainInMemory({ ...options, classes: await picturesOf(classes), start: "fresh" });
  if (start === "fresh") return anew();
  try {
    return await trainInMemory({ ...options, start });
  } catch (error) {
    // it was left before its first step: nothing is lost by starting anew
    if (error instanceof FoveaError && error.code === "vision/run-missing" && run.status !== "done") return anew();
    throw error;
  }
};

/** Forgets what the trainer keeps of runs of these names. */
export async function forgetInPage(...names: readonly string[]): Promise<void> {
  for (const name of new Set(names)) await forgetExamples({ name, run: RUN });
}

/** Pictures of a run by class, as the trainer takes them. An object sorts names that are whole numbers: a run is in that order. */
async function picturesOf(classes: Run["classes"]) {
  const given: Record<string, { picture: object; group?: string }[]> = {};
  for (const { name, pictures } of classes) {
    given[name] = await Promise.all(
      pictures.map(async ({ id, name: file, group }) => {
        const picture = await readPixels(id);
        if (!picture) throw errors["picture-lost"]({ name: file });
        return { picture, ...(group === undefined ? {} : { group }) };
      }),
    );
  }
  return given;
}

/** Classes by their names as an object has them: whole numbers first, from the smallest. */
export function inTrainingOrder(
  classes: readonly { readonly name: string; readonly pictures: Run["classes"][number]["pictures"] }[],
): Run["classes"] {
  const named = Object.fromEntries(classes.map(({ name, pictures }) => [name.trim(), pictures]));
  return Object.entries(named).map(([name, pictures]) => ({ name, pictures }));
}
