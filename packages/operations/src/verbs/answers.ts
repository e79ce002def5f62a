import {
  type ClassAnswers,
  type ClassificationTest,
  type DetectionTest,
  type FoundBox,
  type LandmarkAnswer,
  type LandmarksTest,
  labelledFace,
  type Mode,
  type ScoreOptions,
  type Scores,
  type Test,
  type TestSample,
} from "@foveajs/evaluation";
import type { Face, FacePointName, Image } from "@foveajs/vision";
import { errors } from "../errors.ts";
import type { Classifier, Subject } from "../models/subject.ts";

/** Finds of a lower score change no metric that is reported. */
const LOWEST_SCORE = 0.02;
/** Pictures that a classifier reads in one run, as in validation during training. */
const BATCH = 64;

/** What asking takes besides the subject and the test. */
export interface Asking {
  readonly load: (sample: TestSample) => Promise<Image>;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

/** One way to have a test answered, ready to run. */
export interface Answering {
  readonly mode: Mode;
  readonly score: (asking: Asking, options: ScoreOptions & { iou?: number }) => Promise<Scores>;
}

/** The modes in which a subject can answer a test, in the test's order; an error says what it lacks where there is none. */
export function answeringsOf(subject: Subject, test: Test, protocol: string): readonly Answering[] {
  const found = test.modes.flatMap((mode) => answeringOf(subject, test, mode) ?? []);
  if (found.length > 0) return found;
  const { name, classifiers, finder } = subject;
  const received = [
    ...classifiers.map(({ labels }) => `the classes ${labels.join(", ")}`),
    ...(finder ? [`boxes of faces with ${finder.pointNames.length} points (${finder.pointNames.join(", ")})`] : []),
  ];
  throw errors["cannot-answer"]({
    subject: name,
    protocol,
    expected: expectations[test.kind](test as never),
    received: received.join(" and ") || "a model of neither classes nor faces",
  });
}

const expectations = {
  classification: ({ classes, modes }: ClassificationTest) =>
    `the classes ${classes.join(", ")}${modes.includes("direct") ? "" : ", of a pipeline that finds the face first"}`,
  landmarks: ({ pointNames }: LandmarksTest) => `${pointNames.length} points (${abbreviated(pointNames)})`,
  detection: () => "boxes of faces",
} satisfies Record<Test["kind"], (test: never) => string>;

const abbreviated = (names: readonly string[]): string =>
  names.length <= 8 ? names.join(", ") : `${names.slice(0, 3).join(", ")} ... ${names.at(-1)}`;

function answeringOf(subject: Subject, test: Test, mode: Mode): Answering | undefined {
  switch (test.kind) {
    case "classification":
      return mode === "direct" ? readCrops(subject, test) : readPictures(subject, test);
    case "landmarks":
      return mode === "direct" ? undefined : findPoints(subject, test);
    case "detection":
      return mode === "direct" ? undefined : findBoxes(subject, test);
  }
}

function readCrops({ classifiers }: Subject, test: ClassificationTest): Answering | undefined {
  const classifier = classifiers.find(({ labels }) => tellsAll(labels, test));
  return (
    classifier && {
      mode: "direct",
      score: async (asking, options) => test.score(await classify(classifier, test, asking), options),
    }
  );
}

async function classify(
  { labels, classify }: Classifier,
  { samples }: ClassificationTest,
  { load, signal, onProgress }: Asking,
): Promise<ClassAnswers> {
  const logits = new Map<string, ArrayLike<number>>();
  for (let start = 0; start < samples.length; start += BATCH) {
    const part = samples.slice(start, start + BATCH);
    const rows = await classify(await Promise.all(part.map(load)), signal);
    part.forEach(({ id }, i) => {
      logits.set(id, rows[i]!);
    });
    onProgress(start + part.length);
  }
  return { labels, logits, hasProbabilities: true };
}

/** The surest face of each picture that was read; a picture without one is missed. */
function readPictures({ reader }: Subject, test: ClassificationTest): Answering | undefined {
  if (!reader || !tellsAll(reader.labels, test)) return undefined;
  const { labels } = reader;
  const answer = (faces: readonly Face[]) => {
    const scores = faces.find(({ expression }) => expression)?.expression?.scores;
    return scores ? labels.map((label) => Math.log(scores[label] ?? 0)) : null;
  };
  return {
    mode: "end_to_end",
    score: async (asking, options) => {
      const logits = await ask(test, asking, async (image, { signal }) => answer(await reader.read(image, { signal })));
      return test.score({ labels, logits, hasProbabilities: true }, options);
    },
  };
}

const tellsAll = (labels: readonly string[], { classes, classOf }: ClassificationTest): boolean =>
  classes.every((name) => labels.some((label) => classOf(label) === name));

function findPoints({ finder }: Subject, test: LandmarksTest): Answering | undefined {
  if (!finder || !test.pointNames.every((name) => finder.pointNames.includes(name))) return undefined;
  return {
    mode: "end_to_end",
    score: async (asking, options) => {
      const answers = await ask(test, asking, async (image, { signal }, { id }): Promise<LandmarkAnswer | null> => {
        const faces = await finder.find(image, { signal });
        const chosen = labelledFace(
          faces.map(({ box }) => box),
          test.truth.get(id)!,
        );
        const points = chosen === undefined ? undefined : faces[chosen]!.points;
        return points ? { points: test.pointNames.flatMap((name) => [...points[name as FacePointName]]) } : null;
      });
      return test.score(answers, options);
    },
  };
}

function findBoxes({ finder }: Subject, test: DetectionTest): Answering | undefined {
  return (
    finder && {
      mode: "end_to_end",
      score: async (asking, options) => {
        const answers = await ask(
          test,
          asking,
          (image, { signal }): Promise<readonly FoundBox[]> => finder.find(image, { threshold: LOWEST_SCORE, signal }),
        );
        return test.score(answers, { ...options, threshold: finder.threshold });
      },
    }
  );
}

/** Answers of every sample by its id, one picture after the other. */
async function ask<Answer>(
  { samples }: { readonly samples: readonly TestSample[] },
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
