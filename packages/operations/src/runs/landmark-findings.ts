import { cumulativeErrors, landmarkError, type ReportSection, valueText } from "@foveajs/evaluation";
import { type Landmarks, type Predicted, pointsOf } from "@foveajs/vision";
import { landmarkedFaces, landmarkNormaliser, type MeasuredLandmarks } from "../node/measurers.ts";
import type { FindingContext } from "./finding-context.ts";

/** A face with a larger mean error has failed, as in the failure rates that a training reports. */
const FAILURE = 0.1;

const titles = {
  all: "Cumulative errors, all points",
  five: "Cumulative errors, five points",
} as const satisfies Record<MeasuredLandmarks["points"], string>;

/** Cumulative errors of faces with all points and with five, and the faces with the largest ones. */
export function landmarkFindings(
  task: Landmarks,
  predicted: Predicted,
  { size, limits }: FindingContext,
): readonly ReportSection[] {
  const faces = landmarkedFaces(predicted, task).map(({ face, points }, i) => ({
    id: predicted.ids[i]!,
    points,
    truth: face.truth,
    output: predicted.outputs[i]!,
    error: landmarkError(face, { normaliser: landmarkNormaliser(task, points), where: predicted.ids[i]! }),
  }));
  const measured = faces.filter(({ error }) => Number.isFinite(error));
  const curves = (["all", "five"] as const).flatMap((points) => {
    const own = measured.filter((face) => face.points === points);
    return own.length === 0 ? [] : [{ ...cumulativeErrors(own, FAILURE), title: titles[points] }];
  });
  const sorted = [...measured].sort((a, b) => b.error - a.error);
  const inPixels = (shares: ArrayLike<number>) => pointsOf(shares, size).flat();
  return [
    ...curves,
    {
      kind: "mistakes",
      title: "Largest errors",
      summary: "By the distance between the eyes, the largest error first; each is drawn as the network is shown it.",
      total: sorted.length,
      pictures: sorted.slice(0, limits.mistakes).map(({ id, error, truth, output }) => ({
        sample: id,
        region: { x: 0, y: 0, ...size },
        marks: [
          { role: "answer", points: inPixels(output) },
          { role: "truth", points: inPixels(truth) },
        ],
        title: `error ${valueText(error, "fraction")}`,
        detail: [],
      })),
    },
  ];
}
