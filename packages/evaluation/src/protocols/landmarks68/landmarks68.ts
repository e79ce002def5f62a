import { landmarkAuc, landmarkFailureRate, normalisedMeanError } from "../../metrics/landmark-errors.ts";
import { interOcular, outerEyeCorners } from "../../metrics/landmark-normalisers.ts";
import { faceByPoints } from "../annotated-face.ts";
import { landmarksTest } from "../landmarks.ts";
import type { Protocol } from "../protocol.ts";
import { chooseSplit } from "../split.ts";
import { columns68, readFaces68 } from "./release.ts";

const normaliser = interOcular(outerEyeCorners.ibug68);

/** 68 facial points, in the manner of 300-W. */
export const landmarks68: Protocol = {
  id: "landmarks68",
  title: "68 facial points in the manner of 300-W (LFPW, HELEN, AFW, iBUG)",
  task: "landmarks",
  metrics: [
    {
      name: "nme",
      unit: "distances of the outer eye corners",
      higherIsBetter: false,
      summary: "mean distance of points, over the faces that were found",
    },
    {
      name: "auc_8",
      unit: "fraction",
      higherIsBetter: true,
      summary: "area under the curve of cumulative errors up to 8 %, by its closed form; a miss counts 0",
    },
    {
      name: "failure_rate_10",
      unit: "fraction",
      higherIsBetter: false,
      summary: "share of faces with an error above 10 %, or that were missed",
    },
  ],
  parts: [
    { name: "test", count: 330 },
    { name: "full", count: 689 },
    { name: "common", count: 554 },
    { name: "challenging", count: 135 },
    {
      name: "train",
      count: 3148,
      copies: [
        {
          count: 1207,
          sha256: "4808fae44c031494ede58963dbb1bfebe8f5f9c44ad3c0f2f51f056d63576db7",
          what: "AFW and 870 of HELEN, cut out and scaled",
        },
      ],
    },
  ],
  unit: "photograph",
  data: {
    where: "https://ibug.doc.ic.ac.uk/resources/300-W/",
    licence: "annotations: non-commercial research only; pictures: rights with the photographers",
    source: "Sagonas et al.: 300 Faces in-the-Wild Challenge, ICCV Workshops 2013",
  },
  rules: [
    "Errors are divided by the distance of the outer eye corners (points 36 and 45); some papers divide by that of the pupils.",
    "Failure at 10 % and AUC at 8 % are common, not official (recalled).",
    "Part test (HELEN test alone) is the larger half of the common subset: it is not comparable with scores of 300-W.",
    "direct gives the upright box around the face by the middles of its eyes and the corners of its mouth, not how the head is turned (design).",
    "nme is over the faces that were found: read it with `missed` (design).",
  ],
  published: [
    { method: "HRNetV2-W18, common", metric: "nme", value: 0.0291, source: "HRNet-Facial-Landmark-Detection, README" },
    {
      method: "HRNetV2-W18, challenging",
      metric: "nme",
      value: 0.0511,
      source: "HRNet-Facial-Landmark-Detection, README",
    },
    { method: "HRNetV2-W18, full", metric: "nme", value: 0.0334, source: "HRNet-Facial-Landmark-Detection, README" },
  ],
  async read(files, options = {}) {
    const { layout, rows } = await readFaces68(files);
    const labelled = rows.map((row) => ({ ...row, label: row.points }));
    const chosen = await chooseSplit(landmarks68, labelled, { ...options, layout, folder: files.name });
    return landmarksTest({
      ...chosen,
      modes: ["end_to_end", "direct"],
      faces: new Map(chosen.rows.map(({ id, points, scale }) => [id, faceOf68(points, -0.5 * scale)])),
      pointNames: columns68.map((_, i) => String(i)),
      pointColumns: columns68,
      failure: { metric: "nme", above: 0.1 },
      samples: chosen.rows.map(({ id, file, unit, points, scale }) => ({
        ...{ id, unit, points, picture: { file } },
        shift: -0.5 * scale,
      })),
      metrics: (measureFaces) => ({
        nme: measureFaces(normalisedMeanError({ normaliser }), "found"),
        auc_8: measureFaces(landmarkAuc({ threshold: 0.08, normaliser }), "all"),
        failure_rate_10: measureFaces(landmarkFailureRate({ threshold: 0.1, normaliser }), "all"),
      }),
    });
  },
};

/** The box around a face in pixels of the picture; labels are moved by `shift` from those. */
function faceOf68(points: readonly number[], shift: number) {
  const middleOf = (indices: readonly number[]) =>
    [0, 1].map(
      (axis) => indices.reduce((sum, index) => sum + points[2 * index + axis]!, 0) / indices.length - shift,
    ) as [x: number, y: number];
  return faceByPoints([
    middleOf([36, 37, 38, 39, 40, 41]),
    middleOf([42, 43, 44, 45, 46, 47]),
    middleOf([48]),
    middleOf([54]),
  ]);
}
