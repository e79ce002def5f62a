import { landmarkAuc, landmarkFailureRate, normalisedMeanError } from "../../metrics/landmark-errors.ts";
import { interOcular, outerEyeCorners } from "../../metrics/landmark-normalisers.ts";
import { type LandmarkSample, landmarksTest, type MeasureFaces } from "../landmarks.ts";
import type { MetricInfo, Protocol } from "../protocol.ts";
import { chooseSplit } from "../split.ts";
import { columns98, readWflw, wflwAttributes } from "./release.ts";

const normaliser = interOcular(outerEyeCorners.wflw98);
/** Errors above a tenth of it are failures, and end the curve of cumulative errors. */
const threshold = 0.1;

const metricsOf = (ending: string, faces: string): MetricInfo[] => [
  {
    name: `nme${ending}`,
    unit: "distances of the outer eye corners",
    higherIsBetter: false,
    summary: `mean distance of points, over ${faces} that were found`,
  },
  {
    name: `failure_rate_10${ending}`,
    unit: "fraction",
    higherIsBetter: false,
    summary: `share of ${faces} with an error above 10 %, or that were missed`,
  },
  {
    name: `auc_10${ending}`,
    unit: "fraction",
    higherIsBetter: true,
    summary: `area under the curve of cumulative errors up to 10 % of ${faces}; a miss counts 0`,
  },
];

const hrnet = "HRNet-Facial-Landmark-Detection, README";

/** 98 facial points of WFLW. */
export const wflw: Protocol = {
  id: "wflw",
  title: "WFLW: 98 facial points, and subsets by pose, expression, illumination, make-up, occlusion and blur",
  task: "landmarks",
  metrics: [
    ...metricsOf("", "the faces"),
    ...wflwAttributes.flatMap((name) => metricsOf(`_${name}`, `the faces of subset ${name}`)),
  ],
  parts: [
    { name: "test", count: 2500 },
    { name: "train", count: 7500 },
  ],
  unit: "photograph",
  data: {
    where: "https://wywu.github.io/projects/LAB/WFLW.html",
    licence: "non-commercial research only (recalled); pictures: from WIDER FACE, rights with the photographers",
    source: "Wu et al.: Look at Boundary: A Boundary-Aware Face Alignment Algorithm, CVPR 2018",
  },
  rules: [
    "Errors are divided by the distance of the outer eye corners (points 60 and 72 of 98, counted from 0).",
    "Failure above 10 %, AUC up to 10 % by its closed form, the mean of max(0, 1 - error / 10 %).",
    "A face belongs to each subset whose attribute is 1; the test part has 326, 314, 698, 206, 736 and 773 of them (recalled).",
    "The box in the list may be used to cut the face out: mode direct.",
    "nme is over the faces that were found: read it with `missed` (design).",
  ],
  published: [
    { method: "HRNetV2-W18", metric: "nme", value: 0.046, source: hrnet },
    { method: "HRNetV2-W18", metric: "nme_pose", value: 0.0786, source: hrnet },
  ],
  async read(files, options = {}) {
    const faces = (await readWflw(files)).map((face) => ({ ...face, label: [...face.points, ...face.attributes] }));
    const chosen = await chooseSplit(wflw, faces, { ...options, layout: "official", folder: files.name });
    const attributes = new Map(chosen.rows.map((face) => [face.id, face.attributes]));
    return landmarksTest({
      ...chosen,
      modes: ["direct", "end_to_end"],
      pointNames: columns98.map((_, i) => String(i)),
      pointColumns: columns98,
      samples: chosen.rows.map(({ id, file, unit, points }) => ({ id, unit, points, picture: { file } })),
      metrics: (measureFaces) => ({
        ...measureAll(measureFaces, ""),
        ...Object.assign(
          {},
          ...wflwAttributes.map((name) =>
            measureAll(measureFaces, `_${name}`, ({ id }) => attributes.get(id)!.has(name)),
          ),
        ),
      }),
    });
  },
};

const measureAll = (measureFaces: MeasureFaces, ending: string, isWanted?: (sample: LandmarkSample) => boolean) => ({
  [`nme${ending}`]: measureFaces(normalisedMeanError({ normaliser }), "found", isWanted),
  [`failure_rate_10${ending}`]: measureFaces(landmarkFailureRate({ threshold, normaliser }), "all", isWanted),
  [`auc_10${ending}`]: measureFaces(landmarkAuc({ threshold, normaliser }), "all", isWanted),
});
