import {
  readBoxPredictions,
  readClassPredictions,
  readLandmarkPredictions,
  readMultitaskPredictions,
  readSimilarityPredictions,
  type ScoreOptions,
  type Scores,
  type Test,
} from "@foveajs/evaluation";
import type { Predictions } from "./predictions.ts";

/** From this score up a find counts, or a label is named, where predictions of another tool come without a threshold. */
export const USUAL_THRESHOLD = 0.5;

/** Scores predictions of any tool, in the test's own table or in a format that it declares. */
export function scorePredictions(
  test: Test,
  { files, ending }: Predictions,
  { threshold: told, ...usual }: ScoreOptions & { threshold?: number; iou?: number },
): Scores {
  const [{ name: file, text }] = files;
  const options = { ...usual, threshold: told ?? USUAL_THRESHOLD };
  switch (test.kind) {
    case "classification":
      return test.score(readClassPredictions(text, test, file), options);
    case "landmarks":
      return test.score(test.formats?.[ending]?.read(files) ?? readLandmarkPredictions(text, test, file), options);
    case "detection":
      return test.score(readBoxPredictions(text, test, file), options);
    case "verification":
      return test.score(readSimilarityPredictions(text, test, file), {
        ...usual,
        ...(told === undefined ? {} : { threshold: told }),
      });
    case "objects":
      return test.score(test.formats[ending]!.read(files), options);
    case "multitask":
      return test.score(test.formats?.[ending]?.read(files) ?? readMultitaskPredictions(text, test, file), options);
  }
}
