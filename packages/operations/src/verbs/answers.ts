import {
  type ChosenThreshold,
  type ClassAnswers,
  type ClassificationTest,
  type DetectionTest,
  type FoundBox,
  faceOfBox,
  type LandmarkAnswer,
  type LandmarksTest,
  labelledFace,
  type Mode,
  type MultitaskTest,
  type ObjectsTest,
  type ScoreOptions,
  type Scores,
  type Test,
  type TestSample,
} from "@foveajs/evaluation";
import type { Face, FacePointName, Image } from "@foveajs/vision";
import { errors } from "../errors.ts";
import type { Classifier, Finder, Subject } from "../models/subject.ts";

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
  /** `threshold` in place of the model's own, where it has one. */
  readonly score: (asking: Asking, options: ScoreOptions & { iou?: number; threshold?: number }) => Promise<Scores>;
  /** The threshold at which there are at most `target` false positives a trial; absent where answers have no threshold. */
  readonly choose?: (asking: Asking, options: { target: number; iou?: number }) => Promise<ChosenThreshold>;
}

/** The modes in which a subject can answer a test, in the test's order; an error says what it lacks where there is none. */
export function answeringsOf(subject: Subject, test: Test, protocol: string): readonly Answering[] {
  const found = test.modes.flatMap((mode) => answeringOf(subject, test, mode) ?? []);
  if (found.length > 0) return found;
  const { name, classifiers, finder, objectFinder } = subject;
  const received = [
    ...classifiers.map(({ labels }) => `the classes ${labels.join(", ")}`),
    ...(objectFinder ? [`boxes of ${abbreviated(objectFinder.labels)}`] : []),
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
  objects: ({ classes }: ObjectsTest) => `boxes of objects by class (${abbreviated(classes)})`,
  multitask: ({ quantities, classes, labels }: MultitaskTest) =>
    `a model that tells ${[quantities, classes, labels]
      .filter((names) => names.length > 0)
      .map(abbreviated)
      .join("; ")}`,
  verification: () => "embeddings of faces",
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
    case "verification":
      // a model with embeddings answers here: embed the samples, then the cosine of each of the pairs
      return undefined;
    case "objects":
      return mode === "direct" ? undefined : findObjects(subject, test);
    case "multitask":
      return undefined; // no subject tells labels that may hold at once, or quantities
  }
}

function readCrops({ classifiers }: Subject, test: ClassificationTest): Answering | undefined {
  const classifier = tellerOf(classifiers, test);
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
  const task = reader && tellerOf(reader.tasks, test);
  if (!task) return undefined;
  const { name, labels } = task;
  const answer = (faces: readonly Face[]) => {
    const scores = faces.find(({ readings }) => readings[name])?.readings[name]?.scores;
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

/** The task that answers a test: of several whose labels do, the one that is called or labelled as the test's topic. */
function tellerOf<Task extends Pick<Classifier, "name" | "labels">>(
  tasks: readonly Task[],
  test: ClassificationTest,
): Task | undefined {
  const tellers = tasks.filter(({ labels }) => tellsAll(labels, test));
  const { topic } = test;
  const named = tellers.find(({ name, labels }) => topic !== undefined && (name === topic || labels.includes(topic)));
  return named ?? (tellers.length === 1 ? tellers[0] : undefined);
}

const tellsAll = (labels: readonly string[], { classes, classOf }: ClassificationTest): boolean =>
  classes.every((name) => labels.some((label) => classOf(label) === name));

function findPoints({ finder, reader }: Subject, test: LandmarksTest): Answering | undefined {
  const tells = ({ pointNames }: Pick<Finder, "pointNames">) =>
    test.pointNames.every((name) => pointNames.includes(name));
  const find = reader && tells(reader) ? reader.read : finder && tells(finder) ? finder.find : undefined;
  if (!find) return undefined;
  return {
    mode: "end_to_end",
    score: async (asking, options) => {
      const answers = await ask(test, asking, async (image, { signal }, { id }): Promise<LandmarkAnswer | null> => {
        const faces = await find(image, { signal, eyes: false });
        const boxes = faces.map(({ box }) => box);
        const supplied = test.boxes?.get(id);
        const chosen = supplied ? faceOfBox(boxes, supplied) : labelledFace(boxes, test.truth.get(id)!);
        return chosen === undefined ? null : landmarkAnswer(faces[chosen]!, test, id);
      });
      return test.score(answers, options);
    },
  };
}

/** The points of a face in the test's order and convention, and its pose where both know it. */
function landmarkAnswer(
  { points, landmarks = [], readings }: Face,
  { pointNames, shifts, pose }: LandmarksTest,
  id: string,
): LandmarkAnswer | null {
  const shift = shifts?.get(id) ?? 0;
  const places = pointNames.map((name) => landmarks[Number(name)] ?? points[name as FacePointName]);
  // a face that was found and could not be read has five points only
  if (places.includes(undefined as never)) return null;
  const named = pose && Object.values(readings).find(({ scores }) => pose.classes.every((name) => name in scores));
  return {
    points: places.flatMap(([x, y]) => [x + shift, y + shift]),
    ...(named ? { pose: named.label } : {}),
  };
}

/** A model that finds one kind of object answers as a finder of faces does. */
function findBoxes({ finder: faces, objectFinder }: Subject, test: DetectionTest): Answering | undefined {
  const finder = faces ?? (objectFinder?.labels.length === 1 ? objectFinder : undefined);
  if (!finder) return undefined;
  const find = (asking: Asking) =>
    ask(
      test,
      asking,
      (image, { signal }): Promise<readonly FoundBox[]> => finder.find(image, { threshold: LOWEST_SCORE, signal }),
    );
  const { thresholdFor } = test;
  return {
    mode: "end_to_end",
    score: async (asking, { threshold = finder.threshold, ...options }) =>
      test.score(await find(asking), { ...options, threshold }),
    ...(thresholdFor && { choose: async (asking, options) => thresholdFor(await find(asking), options) }),
  };
}

/** Objects of all the test's classes that the model knows; one of another name is left out, and classes it does not know are missed. */
function findObjects({ objectFinder }: Subject, test: ObjectsTest): Answering | undefined {
  if (!objectFinder?.labels.some((label) => test.classes.includes(label))) return undefined;
  return {
    mode: "end_to_end",
    score: async (asking, options) => {
      const answers = await ask(test, asking, async (image, { signal }) => {
        const found = await objectFinder.find(image, { threshold: LOWEST_SCORE, signal });
        return found.filter(({ category }) => test.classes.includes(category));
      });
      return test.score(answers, options);
    },
  };
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
