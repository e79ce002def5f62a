import {
  balancedAccuracy,
  concordanceCorrelation,
  detectionAveragePrecision,
  detectionRecall,
  expectedCalibrationError,
  falseDetectionsPerImage,
  interOcular,
  interPupil,
  type LandmarkedFace,
  landmarkAuc,
  landmarkFailureRate,
  type Metric,
  macroF1,
  meanAbsoluteError,
  multilabelF1,
  negativeLogLikelihood,
  normalisedMeanError,
  rootMeanSquaredError,
  type Scene,
  topKAccuracy,
  type VocImage,
  vocMeanAveragePrecision,
} from "@foveajs/evaluation";
import {
  type DetectedSample,
  type Detection,
  fiveOf,
  gradeOf,
  type Landmarks,
  type Measurers,
  type Measures,
  type Predicted,
  pointSchemes,
  pointsOf,
} from "@foveajs/vision";

/** Boxes of different sources mean slightly different things: finds count from this overlap up, as in protocol `faces`. */
const IOU = 0.35;
/** Least overlap of a find with an object of its class, as VOC and COCO's AP50 have it. */
const CLASS_IOU = 0.5;

/** The least overlap of a find with what it found; boxes that no shipped recipe mixes are held to the usual one. */
export const leastOverlap = ({ labels }: Pick<Detection, "labels">): number => (labels ? CLASS_IOU : IOU);

/** The metrics that a training reports on its validation samples, by kind of task. */
export const measurers: Measurers = {
  classification({ outputs, targets }): Measures {
    // majority: the class with the most votes, the first of equal ones
    const batch = { logits: outputs, targets: targets.map(([shares]) => shares!.indexOf(Math.max(...shares!))) };
    return {
      accuracy: computed(topKAccuracy(), batch),
      balanced_accuracy: computed(balancedAccuracy(), batch),
      macro_f1: computed(macroF1(), batch),
      nll: computed(negativeLogLikelihood(), batch),
      ece: computed(expectedCalibrationError({ bins: 15 }), batch),
    };
  },
  landmarks: measureLandmarks,
  multilabel({ outputs, targets }, { labels, thresholds }): Measures {
    const probabilities = outputs.map((row) => row.map((logit) => 1 / (1 + Math.exp(-logit))));
    const known = targets.map(([values, weights]) =>
      values!.map((value, i) => (weights![i]! > 0 ? value : Number.NaN)),
    );
    return {
      mean_f1: computed(multilabelF1(), { probabilities, targets: known }),
      ...Object.fromEntries(
        labels.map((label, i) => {
          const column = {
            probabilities: probabilities.map((row) => [row[i]!]),
            targets: known.map((row) => [row[i]!]),
          };
          return [`f1_${label}`, computed(multilabelF1(thresholds ? { threshold: thresholds[i]! } : {}), column)];
        }),
      ),
    };
  },
  ordinal({ outputs, targets }): Measures {
    const grades = targets.map(([above]) => above!.reduce((sum, value) => sum + value, 0));
    const predictions = outputs.map(gradeOf);
    const hits = predictions.filter((grade, i) => Math.round(grade) === grades[i]).length;
    return {
      accuracy: hits / grades.length,
      mae: computed(meanAbsoluteError(), { predictions, targets: grades }),
    };
  },
  regression({ outputs, targets }, { values }): Measures {
    return Object.fromEntries(
      values.flatMap((name, i) => {
        const pairs = {
          predictions: outputs.map((row) => row[i]!),
          targets: targets.map(([row, weights]) => (weights![i]! > 0 ? row![i]! : Number.NaN)),
        };
        return [
          [`ccc_${name}`, computed(concordanceCorrelation(), pairs)],
          [`mae_${name}`, computed(meanAbsoluteError(), pairs)],
          [`rmse_${name}`, computed(rootMeanSquaredError(), pairs)],
        ];
      }),
    );
  },
  detection(samples, { threshold, labels }): Measures {
    if (labels && labels.length > 1) return measureClasses(samples, labels.length, threshold);
    const iou = leastOverlap({ labels });
    const scenes = samples.map(sceneOf);
    return {
      ap: computed(detectionAveragePrecision({ iou }), scenes),
      recall: computed(detectionRecall({ threshold, iou }), scenes),
      false_per_image: computed(falseDetectionsPerImage({ threshold, iou }), scenes),
    };
  },
};

/** Mean over classes of average precision, and of all classes together the recall and the false finds at the threshold. */
function measureClasses(samples: readonly DetectedSample[], classes: number, threshold: number): Measures {
  const images = samples.map(({ sample, detections }): VocImage => {
    const boxes = Object.values(sample.labels).flatMap((label) => (label?.kind === "boxes" ? label.boxes : []));
    return {
      truth: boxes.map(({ box, kind, class: category = 0 }) => ({ category, box, difficult: kind !== "face" })),
      detections: detections.map(({ box, score, class: category = 0 }) => ({ category, box, score })),
    };
  });
  // pictures of one class each, so that a find of another class is no hit
  const scenes = images.flatMap(({ truth, detections }) =>
    Array.from(
      { length: classes },
      (_, wanted): Scene => ({
        truth: truth
          .filter(({ category }) => category === wanted)
          .map(({ box, difficult = false }) => ({ box, ignored: difficult })),
        detections: detections.filter(({ category }) => category === wanted),
      }),
    ),
  );
  return {
    map50: computed(vocMeanAveragePrecision({ iou: CLASS_IOU, categories: classes }), images),
    recall: computed(detectionRecall({ threshold, iou: CLASS_IOU }), scenes),
    false_per_image: classes * computed(falseDetectionsPerImage({ threshold, iou: CLASS_IOU }), scenes),
  };
}

const computed = <Batch, State>(metric: Metric<Batch, State>, batch: Batch): number =>
  metric.compute(metric.update(metric.empty(), batch)).value;

/** A face of a validation with the length that its error is divided by. */
export interface MeasuredLandmarks {
  readonly face: LandmarkedFace;
  /** `all`: every point, by the outer corners of the eyes. `five`: five of them, by the centres of the eyes. */
  readonly points: "all" | "five";
}

/** What the errors of faces are divided by: the outer corners of the eyes where all points are labelled, else their centres. */
export const landmarkNormaliser = ({ scheme }: Pick<Landmarks, "scheme">, points: MeasuredLandmarks["points"]) =>
  points === "all" ? interOcular(pointSchemes[scheme].eyes) : interPupil([[0], [1]]);

/** The labelled points of each sample beside the model's, as shares of the input. */
export const landmarkedFaces = ({ outputs, targets }: Predicted, { scheme }: Landmarks): MeasuredLandmarks[] =>
  targets.map(([values, weights], i) => {
    const { count } = pointSchemes[scheme];
    const known = Array.from(values!, (value, k) => (weights![k]! > 0 ? value : Number.NaN));
    const points = pointsOf(outputs[i]!, { width: 1, height: 1 });
    const hasAll = known.slice(0, 2 * count).some((value) => !Number.isNaN(value));
    return hasAll
      ? { face: { truth: known.slice(0, 2 * count), predicted: points.flat() }, points: "all" }
      : { face: { truth: known.slice(2 * count), predicted: fiveOf(points, scheme).flat() }, points: "five" };
  });

/** NME of faces with all points by the outer corners of the eyes, and mean error of those with five by the eye centres. */
function measureLandmarks(predicted: Predicted, spec: Landmarks): Measures {
  const faces = landmarkedFaces(predicted, spec);
  const of = (wanted: MeasuredLandmarks["points"]) =>
    faces.filter(({ points }) => points === wanted).map(({ face }) => face);
  const [whole, five] = [of("all"), of("five")];
  const [outer, centres] = [landmarkNormaliser(spec, "all"), landmarkNormaliser(spec, "five")];
  return {
    nme: computed(normalisedMeanError({ normaliser: outer }), whole),
    failure_rate_10: computed(landmarkFailureRate({ threshold: 0.1, normaliser: outer }), whole),
    auc_8: computed(landmarkAuc({ threshold: 0.08, normaliser: outer }), whole),
    five_mean_error: computed(normalisedMeanError({ normaliser: centres }), five),
    five_failure_rate: computed(landmarkFailureRate({ threshold: 0.1, normaliser: centres }), five),
  };
}

function sceneOf({ sample, detections }: DetectedSample): Scene {
  const labels = Object.values(sample.labels).flatMap((label) => (label?.kind === "boxes" ? label.boxes : []));
  return { truth: labels.map(({ box, kind }) => ({ box, ignored: kind !== "face" })), detections };
}
