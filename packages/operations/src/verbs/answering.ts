import type {
  ChosenThreshold,
  ClassificationTest,
  Mode,
  MultitaskTest,
  ScoreOptions,
  Scores,
  TestSample,
} from "@foveajs/evaluation";
import type { Image } from "@foveajs/vision";

/** What asking takes besides the subject and the test. */
export interface Asking {
  readonly load: (sample: TestSample) => Promise<Image>;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

/** One way to have a test answered, ready to run. */
export interface Answering {
  readonly mode: Mode;
  /** `threshold` in place of the model's own, where it has one. */
  readonly score: (asking: Asking, options: ScoreOptions & { iou?: number; threshold?: number }) => Promise<Scores>;
  /** The threshold at which there are at most `target` false positives a trial; absent where answers have no threshold. */
  readonly choose?: (asking: Asking, options: { target: number; iou?: number }) => Promise<ChosenThreshold>;
}

interface Samples {
  readonly samples: readonly TestSample[];
}

/** Answers of every sample by its id, one picture after the other. */
export async function ask<Answer>(
  { samples }: Samples,
  asking: Asking,
  answer: (image: Image, asking: Asking, sample: TestSample) => Promise<Answer>,
): Promise<ReadonlyMap<string, Answer>> {
  const answers = new Map<string, Answer>();
  for (const sample of samples) {
    answers.set(sample.id, await answer(await asking.load(sample), asking, sample));
    asking.onProgress(answers.size);
  }
  return answers;
}

/** Pictures that a model reads in one run, as in validation during training. */
const BATCH = 64;

/** Answers of every sample by its id, many pictures in one run. */
export async function askInBatches<Answer>(
  { samples }: Samples,
  { load, signal, onProgress }: Asking,
  answer: (images: readonly Image[], signal: AbortSignal) => Promise<readonly Answer[]>,
): Promise<ReadonlyMap<string, Answer>> {
  const answers = new Map<string, Answer>();
  for (let start = 0; start < samples.length; start += BATCH) {
    const part = samples.slice(start, start + BATCH);
    const rows = await answer(await Promise.all(part.map(load)), signal);
    part.forEach(({ id }, i) => {
      answers.set(id, rows[i]!);
    });
    onProgress(start + part.length);
  }
  return answers;
}

/** Classes that a test asks for. */
type Asked = Pick<ClassificationTest | MultitaskTest, "classes" | "classOf"> & Pick<ClassificationTest, "topic">;

/** The task that answers a test: of several whose labels do, the one that is called or labelled as the test's topic. */
export function tellerOf<Task extends { readonly name: string; readonly labels: readonly string[] }>(
  tasks: readonly Task[],
  { classes, classOf, topic }: Asked,
): Task | undefined {
  const tellers = tasks.filter(({ labels }) =>
    classes.every((name) => labels.some((label) => classOf(label) === name)),
  );
  const named = tellers.find(({ name, labels }) => topic !== undefined && (name === topic || labels.includes(topic)));
  return named ?? (tellers.length === 1 ? tellers[0] : undefined);
}
