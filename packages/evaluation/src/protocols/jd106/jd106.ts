import { landmarkAuc, landmarkFailureRate, normalisedMeanError } from "../../metrics/landmark-errors.ts";
import { landmarkBox as normaliser } from "../../metrics/landmark-normalisers.ts";
import { landmarksTest } from "../landmarks.ts";
import type { LandmarkAnswer, PredictionFormat, Protocol } from "../protocol.ts";
import { chooseSplit } from "../split.ts";
import { columns106, readJd, readPoints } from "./release.ts";

/** Errors above 8 % of the box are failures, and end the curve of cumulative errors. */
const threshold = 0.08;

const report = "report of the challenge, arXiv:1905.03469 (recalled)";

/** 106 facial points of the JD-landmark challenges. */
export const jd106: Protocol = {
  id: "jd106",
  title: "JD-landmark: 106 facial points, challenges of ICME 2019 and ICPR 2020",
  task: "landmarks",
  metrics: [
    {
      name: "auc_8",
      unit: "fraction",
      higherIsBetter: true,
      summary:
        "area under the curve of cumulative errors up to 8 %, by its closed form; a miss counts 0; ranks the challenge",
    },
    {
      name: "nme",
      unit: "sides of the labelled box",
      higherIsBetter: false,
      summary: "mean distance of points, over the faces that were found",
    },
    {
      name: "failure_rate_8",
      unit: "fraction",
      higherIsBetter: false,
      summary: "share of faces with an error above 8 %, or that were missed",
    },
  ],
  parts: [{ name: "test", count: 2000 }, { name: "valid", count: 2000 }, { name: "train" }],
  unit: "photograph",
  data: {
    where: "https://facial-landmarks-localization-challenge.github.io (recalled), by agreement with the organisers",
    licence: "research only, by agreement (recalled); pictures: rights with the photographers",
    source: "Liu et al.: Grand Challenge of 106-Point Facial Landmark Localization, ICME Workshops 2019",
  },
  rules: [
    "Errors are divided by sqrt(w * h) of the rectangle around the labelled points, not of the box that is supplied.",
    "AUC is the mean of max(0, 1 - error / 8 %), the exact form of the sum that the organisers take in steps (derived).",
    "Of several faces found in a picture, that of largest IoU with the supplied box is the answer.",
    "A result file is 106, then x and y of a point in each line, origin top left; whole numbers in 2020, fractions are taken too (design). A file of 0 says that the face was missed (design).",
    "A miss is a failure and counts 0 in auc_8; nme is over the faces that were found: read it with `missed` (design).",
    "ICME 2019: 11393 pictures to train on, 2000 to validate, 2000 to test. ICPR 2020: over 24000 pictures in all, 2000 to validate; the size of its test part is recalled.",
    "ICPR 2020 allowed 1 GFLOPs and 20 MB, no other data or models, no test-time augmentation and no ensembles: not checked here.",
    "Folders and names of the release are recalled.",
  ],
  published: [
    { method: "Baidu VIS, ICME 2019, 1st", metric: "auc_8", value: 0.8401, source: report },
    { method: "USTC-NELSLIP, ICME 2019, 2nd", metric: "auc_8", value: 0.8268, source: "announcement of USTC-NELSLIP" },
    { method: "Meituan VIC, ICME 2019, 3rd", metric: "auc_8", value: 0.8222, source: report },
    { method: "Baidu VIS, ICME 2019, 1st", metric: "nme", value: 0.0131, source: report },
    { method: "USTC-NELSLIP, ICME 2019, 2nd", metric: "nme", value: 0.0141, source: report },
    { method: "Meituan VIC, ICME 2019, 3rd", metric: "nme", value: 0.0142, source: report },
    { method: "Baidu VIS, ICME 2019, 1st", metric: "failure_rate_8", value: 0.001, source: report },
    { method: "USTC-NELSLIP, ICME 2019, 2nd", metric: "failure_rate_8", value: 0.0005, source: report },
    { method: "Meituan VIC, ICME 2019, 3rd", metric: "failure_rate_8", value: 0.001, source: report },
  ],
  async read(files, options = {}) {
    const faces = (await readJd(files)).map((face) => ({ ...face, label: face.points }));
    const chosen = await chooseSplit(jd106, faces, { ...options, layout: "official", folder: files.name });
    const samples = chosen.rows.map(({ id, file, points }) => ({ id, unit: id, points, picture: { file } }));
    return landmarksTest({
      ...chosen,
      samples,
      modes: ["direct", "end_to_end"],
      pointNames: columns106.map((_, i) => String(i)),
      pointColumns: columns106,
      boxes: new Map(chosen.rows.flatMap(({ id, box }) => (box === undefined ? [] : [[id, box]]))),
      formats: { ".txt": resultFiles(samples.map(({ id }) => id)) },
      metrics: (measureFaces) => ({
        auc_8: measureFaces(landmarkAuc({ threshold, normaliser }), "all"),
        nme: measureFaces(normalisedMeanError({ normaliser }), "found"),
        failure_rate_8: measureFaces(landmarkFailureRate({ threshold, normaliser }), "all"),
      }),
    });
  },
};

/** Result files of the challenge, one a picture: PICTURE.jpg.txt. */
const resultFiles = (keys: readonly string[]): PredictionFormat<ReadonlyMap<string, LandmarkAnswer | null>> => ({
  keys,
  read: (files) =>
    new Map(
      files.map(({ name, text, key = "" }) => {
        const points = readPoints(text, name);
        return [key, points && { points }];
      }),
    ),
});
