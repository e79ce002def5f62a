import {
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
  type Test,
} from "@foveajs/evaluation";
import type { Face, FacePointName } from "@foveajs/vision";
import { errors } from "../errors.ts";
import type { Finder, Subject, ToldTask } from "../models/subject.ts";
import { type Answering, type Asking, ask, askInBatches, tellerOf } from "./answering.ts";
import { readPictureTasks, readTasks } from "./multitask-answers.ts";

/** Finds of a lower score change no metric that is reported. */
const LOWEST_SCORE = 0.02;

/** The modes in which a subject can answer a test, in the test's order; an error says what it lacks where there is none. */
export function answeringsOf(subject: Subject, test: Test, protocol: string): readonly Answering[] {
  const found = test.modes.flatMap((mode) => answeringOf(subject, test, mode) ?? []);
  if (found.length > 0) return found;
  const { name, classifiers, taskReader, finder, objectFinder } = subject;
  const received = [
    ...classifiers.map(({ labels }) => `the classes ${labels.join(", ")}`),
    ...(taskReader?.tasks ?? []).flatMap(toldText),
    ...(objectFinder ? [`boxes of ${abbreviated(objectFinder.labels)}`] : []),
    ...(finder ? [`boxes of faces with ${finder.pointNames.length} points (${finder.pointNames.join(", ")})`] : []),
  ];
  throw errors["cannot-answer"]({
    subject: name,
    protocol,
    expected: expectations[test.kind](test as never),
    received: received.join(" and ") || "a model that tells none of what protocols ask for",
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

/** Classes are told of the classifiers. */
const toldText = (task: ToldTask): string[] => {
  if (task.kind === "classification") return [];
  return [
    task.kind === "multilabel" ? `the labels ${abbreviated(task.labels)}` : `the numbers ${task.values.join(", ")}`,
  ];
};

const abbreviated = (names: readonly string[]): string =>
  names.length <= 8 ? names.join(", ") : `${names.slice(0, 3).join(", ")} ... ${names.at(-1)}`;

function answeringOf(subject: Subject, test: Test, mode: Mode): Answering | undefined {
  switch (test.kind) {
    case "classification":
      return mode === "direct" ? readCrops(subject, test) : readPictures(subject, test);
    case "landmarks":
      return mode === "direct" ? readPoints(subject, test) : findPoints(subject, test);
    case "detection":
      return mode === "direct" ? undefined : findBoxes(subject, test);
    case "verification":
      // a model with embeddings answers here: embed the samples, then the cosine of each of the pairs
      return undefined;
    case "objects":
      return mode === "direct" ? undefined : findObjects(subject, test);
    case "multitask":
      return mode === "direct" ? readTasks(subject, test) : readPictureTasks(subject, test);
  }
}

function readCrops({ classifiers }: Subject, test: ClassificationTest): Answering | undefined {
  const classifier = tellerOf(classifiers, test);
  if (!classifier) return undefined;
  const { labels, classify } = classifier;
  return {
    mode: "direct",
    score: async (asking, options) =>
      test.score({ labels, logits: await askInBatches(test, asking, classify), hasProbabilities: true }, options),
  };
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

/** The face in the annotated box. */
function readPoints({ boxedReader }: Subject, test: LandmarksTest): Answering | undefined {
  const { faces } = test;
  if (!boxedReader || !faces || !tellsPoints(boxedReader, test)) return undefined;
  return {
    mode: "direct",
    score: async (asking, options) =>
      test.score(
        await ask(test, asking, async (image, { signal }, { id }) =>
          landmarkAnswer(await boxedReader.read(image, faces.get(id)!, { signal, eyes: false }), test, id),
        ),
        options,
      ),
  };
}

const tellsPoints = ({ pointNames }: Pick<Finder, "pointNames">, test: LandmarksTest): boolean =>
  test.pointNames.every((name) => pointNames.includes(name));

function findPoints({ finder, reader }: Subject, test: LandmarksTest): Answering | undefined {
  const teller = [reader && { ...reader, find: reader.read }, finder].find((one) => one && tellsPoints(one, test));
  const find = teller?.find;
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

/** The points of a face in the test's order and convention, and its traits by name and classes where both know them. */
function landmarkAnswer(
  { points, landmarks = [], readings }: Face,
  { pointNames, shifts, traits = {} }: LandmarksTest,
  id: string,
): LandmarkAnswer | null {
  const shift = shifts?.get(id) ?? 0;
  const places = pointNames.map((name) => landmarks[Number(name)] ?? points[name as FacePointName]);
  // a face that was found and could not be read has five points only
  if (places.includes(undefined as never)) return null;
  const told = Object.entries(traits).flatMap(([trait, classes]) => {
    const reading = readings[trait];
    return reading && classes.every((name) => name in reading.scores) ? [[trait, reading.label] as const] : [];
  });
  return {
    points: places.flatMap(([x, y]) => [x + shift, y + shift]),
    traits: Object.fromEntries(told),
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
