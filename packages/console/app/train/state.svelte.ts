import { speaker } from "../language/language.svelte.ts";
import { readFacts } from "../server/facts.ts";
import { createExamples } from "./examples.svelte.ts";
import { pictureIds } from "./project.ts";
import { readSettings, type Settings } from "./settings.ts";
import { readNote, writeNote } from "./store.ts";
import { texts } from "./texts.ts";
import { createTraining } from "./training.svelte.ts";

const NOTE = "settings";

/** All that the page shows. One for the application: a training goes on while other pages are looked at. */
function createTrainPage() {
  const say = speaker(texts);
  const examples = createExamples(() => say("class_word"));
  const training = createTraining();
  let settings = $state.raw<Settings>(readSettings(undefined));
  let isReady = $state(false);
  let hasServer = $state(false);

  async function restore(): Promise<void> {
    settings = readSettings(await readNote(NOTE).catch(() => undefined));
    await training.restore();
    const used = new Set(training.run?.classes.flatMap(({ pictures }) => pictures.map(({ id }) => id)));
    await examples.restore((id) => used.has(id));
    isReady = true;
  }
  void restore();
  // a server that does not say so does not train
  void readFacts().then(
    ({ training: { pictures } }) => {
      hasServer = pictures;
    },
    () => {},
  );

  return {
    examples,
    training,
    get settings() {
      return settings;
    },
    set settings(next: Settings) {
      settings = next;
      // not kept: it is chosen again
      void writeNote(NOTE, JSON.stringify(next)).catch(() => {});
    },
    /** Whether the server trains on pictures that are sent to it. */
    get hasServer() {
      return hasServer;
    },
    get isReady() {
      return isReady;
    },
    /** Whether the examples are no longer those that the model was trained on. */
    get isOutdated(): boolean {
      const { run } = training;
      if (!run) return false;
      const key = (
        classes: readonly { readonly name: string; readonly pictures: readonly { readonly id: string }[] }[],
      ) =>
        classes
          .map(({ name, pictures }) => `${name.trim()}:${pictures.map(({ id }) => id).join()}`)
          .toSorted()
          .join("\n");
      return key(run.classes) !== key(examples.classes);
    },
    async clear(): Promise<void> {
      await training.clear();
      await examples.clear();
    },
    get pictures(): number {
      return pictureIds(examples.classes).length;
    },
  };
}

let page: ReturnType<typeof createTrainPage> | undefined;

/** The page's state, made when it is first asked for. */
export const trainPage = (): ReturnType<typeof createTrainPage> => (page ??= createTrainPage());
