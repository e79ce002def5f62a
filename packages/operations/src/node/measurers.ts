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
} from "@foveajs/evaluation";
import {
  type DetectedSample,
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
  detection(samples, threshold): Measures {
    const scenes = samples.map(sceneOf);
    return {
      ap: computed(detectionAveragePrecision({ iou: IOU }), scenes),
      recall: computed(detectionRecall({ threshold, iou: IOU }), scenes),
      false_per_image: computed(falseDetectionsPerImage({ threshold, iou: IOU }), scenes),
    };
  },
};

const computed = <Batch, State>(metric: Metric<Batch, State>, batch: Batch): number =>
  metric.compute(metric.update(metric.empty(), batch)).value;

/** NME of faces with all points by the outer corners of the eyes, and mean error of those with five by the eye centres. */
function measureLandmarks({ outputs, targets }: Predicted, { scheme }: Landmarks): Measures {
  const { count, eyes } = pointSchemes[scheme];
  const whole: LandmarkedFace[] = [];
  const five: LandmarkedFace[] = [];
  targets.forEach(([values, weights], i) => {
    const known = Array.from(values!, (value, k) => (weights![k]! > 0 ? value : Number.NaN));
    const points = pointsOf(outputs[i]!, { width: 1, height: 1 });
    if (known.slice(0, 2 * count).some((value) => !Number.isNaN(value)))
      whole.push({ truth: known.slice(0, 2 * count), predicted: points.flat() });
    else five.push({ truth: known.slice(2 * count), predicted: fiveOf(points, scheme).flat() });
  });
  const outer = interOcular(eyes);
  const centres = interPupil([[0], [1]]);
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
