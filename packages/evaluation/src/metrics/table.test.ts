// Every metric of the table keeps its promises. Golden values: scikit-learn 1.2.1, scipy 1.10.1 and numpy
// (fixtures/golden.py), pycocotools 2.0.11 (fixtures/coco.py), and, where marked, by hand. 1e-12: sums of some dozens of
// doubles.
import { classified, multilabelled, scored } from "./classifier-kinds.test.support.ts";
import { check, type Golden, golden } from "./contract.test.support.ts";
import { cocoBoxes, cocoMasks, scenes, vocImages } from "./detection-kinds.test.support.ts";
import {
  calibrated,
  classifier,
  classifierBatch,
  coco,
  landmarkFaces,
  landmarks,
  multilabel,
  pictures,
  ranking,
  regression,
  regressionBatch,
  searches,
  separated,
  verification,
  voc,
  vocBatch,
} from "./golden.test.support.ts";
import { interOcular, interPupil, landmarkBox, landmarkDiagonal } from "./landmark-normalisers.ts";
import type { Metric } from "./metric.ts";
import { metrics } from "./table.ts";
import { faces, pairs, queries } from "./value-kinds.test.support.ts";

const goldenOfClass = <Batch, State>(
  { empty, update, perClass }: Metric<Batch, State>,
  batch: Batch,
  at: number,
  expected: number,
): Golden => ({ measured: () => perClass!(update(empty(), batch))[at]!.value, expected });

// a metric without a line here does not compile
const contracts = {
  topKAccuracy: () =>
    check(metrics.topKAccuracy(), classified, [
      golden(metrics.topKAccuracy(), classifierBatch, classifier.accuracy),
      golden(metrics.topKAccuracy({ k: 3 }), classifierBatch, classifier.top3_accuracy),
    ]),
  macroF1: () =>
    check(metrics.macroF1(), classified, [
      golden(metrics.macroF1(), classifierBatch, classifier.macro_f1),
      ...classifier.f1_by_class.map((f1: number, c: number) =>
        goldenOfClass(metrics.macroF1(), classifierBatch, c, f1),
      ),
    ]),
  microF1: () =>
    check(metrics.microF1(), classified, [
      golden(metrics.microF1(), classifierBatch, classifier.micro_f1),
      golden(metrics.microF1({ classes: [1, 3] }), classifierBatch, classifier.micro_f1_of_1_3),
    ]),
  balancedAccuracy: () =>
    check(metrics.balancedAccuracy(), classified, [
      golden(metrics.balancedAccuracy(), classifierBatch, classifier.balanced_accuracy),
    ]),
  cohenKappa: () =>
    check(metrics.cohenKappa(), classified, [
      golden(metrics.cohenKappa(), classifierBatch, classifier.kappa),
      golden(metrics.cohenKappa({ weights: "quadratic" }), classifierBatch, classifier.kappa_quadratic),
    ]),
  multilabelF1: () =>
    check(metrics.multilabelF1(), multilabelled, [
      golden(metrics.multilabelF1(), multilabel, multilabel.f1),
      golden(metrics.multilabelF1({ minimumPositives: 3 }), multilabel, multilabel.f1_of_frequent),
    ]),
  negativeLogLikelihood: () =>
    check(metrics.negativeLogLikelihood(), classified, [
      golden(metrics.negativeLogLikelihood(), classifierBatch, classifier.negative_log_likelihood),
    ]),
  brierScore: () =>
    check(metrics.brierScore(), classified, [golden(metrics.brierScore(), classifierBatch, classifier.brier)]),
  expectedCalibrationError: () =>
    check(metrics.expectedCalibrationError(), classified, [
      golden(metrics.expectedCalibrationError(), classifierBatch, classifier.ece),
      golden(metrics.expectedCalibrationError(), calibrated, 0.4325),
    ]),
  equalMassCalibrationError: () =>
    check(metrics.equalMassCalibrationError(), classified, [
      golden(metrics.equalMassCalibrationError(), classifierBatch, classifier.ece_equal_mass),
      golden(metrics.equalMassCalibrationError(), calibrated, 0.4325),
      golden(metrics.equalMassCalibrationError({ bins: 2 }), calibrated, 0.2425),
    ]),
  averagePrecision: () =>
    check(metrics.averagePrecision(), scored, [
      golden(metrics.averagePrecision(), ranking, ranking.step),
      golden(metrics.averagePrecision({ interpolation: "envelope" }), ranking, ranking.envelope),
      golden(metrics.averagePrecision({ interpolation: "eleven-point" }), ranking, ranking.eleven_point),
    ]),
  detectionAveragePrecision: () =>
    check(metrics.detectionAveragePrecision(), scenes, [
      golden(metrics.detectionAveragePrecision(), pictures, 11 / 15),
      golden(metrics.detectionAveragePrecision({ interpolation: "step" }), pictures, 0.7),
      golden(metrics.detectionAveragePrecision({ interpolation: "eleven-point" }), pictures, 8.2 / 11),
      // at IoU 0.7 the hit of 80/120 is false: hits 0.9 and 0.55 of three: (1 + 2/5) / 3
      golden(metrics.detectionAveragePrecision({ iou: 0.7 }), pictures, 7 / 15),
    ]),
  detectionRecall: () =>
    check(metrics.detectionRecall(), scenes, [
      golden(metrics.detectionRecall(), pictures, 1),
      golden(metrics.detectionRecall({ threshold: 0.6 }), pictures, 2 / 3),
      // heights are 10, 10 and 20: `from` is inside, `below` is not
      golden(metrics.detectionRecall({ threshold: 0.61, heights: { from: 10, below: 20 } }), pictures, 1 / 2),
      golden(metrics.detectionRecall({ threshold: 0.6, heights: { from: 20, below: 30 } }), pictures, 0),
    ]),
  detectionPrecision: () =>
    check(metrics.detectionPrecision(), scenes, [
      golden(metrics.detectionPrecision(), pictures, 3 / 6),
      golden(metrics.detectionPrecision({ threshold: 0.66 }), pictures, 1 / 2),
    ]),
  falseDetectionsPerImage: () =>
    check(metrics.falseDetectionsPerImage(), scenes, [
      golden(metrics.falseDetectionsPerImage(), pictures, 1),
      golden(metrics.falseDetectionsPerImage({ threshold: 0.6 }), pictures, 2 / 3),
    ]),
  recallAtFalseDetections: () =>
    check(metrics.recallAtFalseDetections(), scenes, [
      golden(metrics.recallAtFalseDetections(), pictures, 1 / 3), // 0.3 false ones allowed: none
      golden(metrics.recallAtFalseDetections({ perImage: 0 }), pictures, 1 / 3),
      golden(metrics.recallAtFalseDetections({ perImage: 1 / 3 }), pictures, 1 / 3), // down to above 0.65
      golden(metrics.recallAtFalseDetections({ perImage: 2 / 3 }), pictures, 1), // down to above 0.5
    ]),
  rocAuc: () => check(metrics.rocAuc(), scored, [golden(metrics.rocAuc(), verification, verification.roc_auc)]),
  falseAcceptRate: () =>
    check(metrics.falseAcceptRate({ threshold: 1.5 }), { ...scored, perfect: separated }, [
      golden(metrics.falseAcceptRate({ threshold: 0.7 }), verification, verification["at_0.7"][0]),
    ]),
  falseRejectRate: () =>
    check(metrics.falseRejectRate(), scored, [
      golden(metrics.falseRejectRate({ threshold: 0.7 }), verification, verification["at_0.7"][1]),
    ]),
  equalErrorRate: () =>
    check(metrics.equalErrorRate(), scored, [
      golden(metrics.equalErrorRate(), verification, verification.equal_error_rate),
    ]),
  trueAcceptRate: () =>
    check(
      metrics.trueAcceptRate(),
      scored,
      verification.true_accept_rate.map(([far, expected]: [number, number]) =>
        golden(metrics.trueAcceptRate({ far }), verification, expected),
      ),
    ),
  concordanceCorrelation: () =>
    check(metrics.concordanceCorrelation(), pairs, [
      golden(metrics.concordanceCorrelation(), regressionBatch, regression.ccc),
    ]),
  pearsonCorrelation: () =>
    check(metrics.pearsonCorrelation(), pairs, [
      golden(metrics.pearsonCorrelation(), regressionBatch, regression.pearson),
    ]),
  intraclassCorrelation: () =>
    check(metrics.intraclassCorrelation(), pairs, [
      golden(metrics.intraclassCorrelation(), regressionBatch, regression.icc_3_1),
    ]),
  meanAbsoluteError: () =>
    check(metrics.meanAbsoluteError(), pairs, [golden(metrics.meanAbsoluteError(), regressionBatch, regression.mae)]),
  rootMeanSquaredError: () =>
    check(metrics.rootMeanSquaredError(), pairs, [
      golden(metrics.rootMeanSquaredError(), regressionBatch, regression.rmse),
    ]),
  normalisedMeanError: () =>
    check(
      metrics.normalisedMeanError(),
      faces,
      [
        landmarkBox,
        landmarkDiagonal,
        interOcular([0, 3]),
        interPupil([
          [0, 1],
          [2, 3],
        ]),
      ].map((normaliser) =>
        golden(metrics.normalisedMeanError({ normaliser }), landmarkFaces, landmarks[normaliser.name]),
      ),
    ),
  landmarkAuc: () => check(metrics.landmarkAuc(), faces, [golden(metrics.landmarkAuc(), landmarkFaces, landmarks.auc)]),
  landmarkFailureRate: () =>
    check(metrics.landmarkFailureRate(), faces, [
      golden(metrics.landmarkFailureRate(), landmarkFaces, landmarks.failure_rate),
    ]),
  meanAveragePrecisionAtK: () =>
    check(metrics.meanAveragePrecisionAtK(), queries, [
      golden(metrics.meanAveragePrecisionAtK({ k: 4, denominator: "hits" }), searches, (5 / 6 + 0) / 2),
      golden(metrics.meanAveragePrecisionAtK({ k: 4 }), searches, (5 / 12 + 0) / 2),
      golden(metrics.meanAveragePrecisionAtK({ k: 4, denominator: "relevant" }), searches, (1 / 3 + 0) / 2),
      golden(
        metrics.meanAveragePrecisionAtK({ k: Number.POSITIVE_INFINITY, denominator: "relevant" }),
        searches,
        (1 / 3 + 1 / 5) / 2,
      ),
    ]),
  cumulativeMatch: () =>
    check(metrics.cumulativeMatch(), queries, [
      golden(metrics.cumulativeMatch(), searches, 1 / 2),
      golden(metrics.cumulativeMatch({ rank: 4 }), searches, 1 / 2),
      golden(metrics.cumulativeMatch({ rank: 5 }), searches, 1),
    ]),
  vocMeanAveragePrecision: () =>
    check(
      metrics.vocMeanAveragePrecision(),
      vocImages,
      [0.5, 0.7].flatMap((iou) => {
        const [eleven, envelope] = iou === 0.5 ? voc.at_half : voc["at_0.7"];
        return [
          golden(metrics.vocMeanAveragePrecision({ iou }), vocBatch, envelope),
          golden(metrics.vocMeanAveragePrecision({ iou, interpolation: "eleven-point" }), vocBatch, eleven),
        ];
      }),
    ),
  // further values: coco/coco.test.ts
  cocoBoxAveragePrecision: () =>
    check(metrics.cocoBoxAveragePrecision(), cocoBoxes, [
      golden(metrics.cocoBoxAveragePrecision(), coco.boxes, coco.box[0]),
    ]),
  cocoBoxAverageRecall: () =>
    check(metrics.cocoBoxAverageRecall(), cocoBoxes, [
      golden(metrics.cocoBoxAverageRecall(), coco.boxes, coco.box[8]),
      golden(metrics.cocoBoxAverageRecall({ maxDetections: 1 }), coco.boxes, coco.box[6]),
    ]),
  cocoMaskAveragePrecision: () =>
    check(metrics.cocoMaskAveragePrecision(), cocoMasks, [
      golden(metrics.cocoMaskAveragePrecision({ iou: 0.5 }), coco.masks, coco.mask[1]),
    ]),
  cocoMaskAverageRecall: () =>
    check(metrics.cocoMaskAverageRecall(), cocoMasks, [
      golden(metrics.cocoMaskAverageRecall(), coco.masks, coco.mask[8]),
    ]),
} satisfies Record<keyof typeof metrics, () => void>;

for (const contract of Object.values(contracts)) contract();
