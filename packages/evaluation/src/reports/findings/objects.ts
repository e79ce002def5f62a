import { type Box, intersectionOverUnion } from "../../metrics/boxes.ts";
import { meanOfDefined } from "../../metrics/metric.ts";
import type { Ranking } from "../../metrics/precision-recall.ts";
import type { ClassScores, MatchedPicture, NamedCurve, ObjectsTest } from "../../protocols/protocol.ts";
import { shareAxis } from "../charts/line-chart.ts";
import { countText, nameText, plainText, valueText } from "../numbers.ts";
import type {
  CurveLine,
  CurveSection,
  MistakesSection,
  ReportSection,
  SmallCurvesSection,
  SubgroupsSection,
  TableSection,
} from "../report-input.ts";
import { bestThreshold, envelopePoints } from "./rankings.ts";
import { regionPicture } from "./region-picture.ts";
import type { ScoredTest, SectionMaker } from "./source.ts";
import { thresholdSeries } from "./threshold-series.ts";

/** Classes with a curve and a series of thresholds of their own; the others are in the table. */
const mostClasses = 24;

/** What a report of found objects shows. */
export const objectsSections: SectionMaker<ObjectsTest> = (
  { test, answers, options }: ScoredTest<ObjectsTest>,
  limits,
) => {
  const pictures = test.match(answers);
  const classes = test.byClass(answers, options);
  if (classes.length === 0) return [];
  const { precision, byIou = [] } = test.curves(answers);
  const rankings = rankingsOf(pictures);
  const all = joined([...rankings.values()]);
  const inUse = bestThreshold(all);
  return [
    precisionCurve(precision),
    thresholdsOf({ all, rankings, classes, inUse, pictures: pictures.length }),
    ...(byIou.length === 0 ? [] : [iouCurve(byIou)]),
    classCurves(classes, { rankings, minimum: limits.minimum }),
    classTable(classes, limits.minimum),
    ...mistakesOf(pictures, inUse, limits.mistakes),
  ];
};

/** Finds of each class at IoU 0.5, by score. */
function rankingsOf(pictures: readonly MatchedPicture[]): ReadonlyMap<string, Ranking> {
  const rankings = new Map<string, { positives: number; hits: number[]; falses: number[] }>();
  const of = (category: string) => {
    const known = rankings.get(category);
    if (known !== undefined) return known;
    const made = { positives: 0, hits: [], falses: [] };
    rankings.set(category, made);
    return made;
  };
  for (const { objects, falses } of pictures) {
    for (const { category, ignored, score } of objects) {
      if (ignored) continue;
      const own = of(category);
      own.positives++;
      if (score !== Number.NEGATIVE_INFINITY) own.hits.push(score);
    }
    for (const { category, score } of falses) of(category).falses.push(score);
  }
  return rankings;
}

const joined = (rankings: readonly Ranking[]): Ranking => ({
  positives: rankings.reduce((sum, { positives }) => sum + positives, 0),
  hits: rankings.flatMap(({ hits }) => hits),
  falses: rankings.flatMap(({ falses }) => falses),
});

const roles: readonly CurveLine["role"][] = ["result", "second", "third", "reference"];
const linesOf = (curves: readonly NamedCurve[]): CurveLine[] =>
  curves.map(({ name, points }, i) => ({ name, points, role: roles[i] ?? "reference" }));

const precisionCurve = (curves: readonly NamedCurve[]): CurveSection => ({
  kind: "curve",
  title: "Precision and recall",
  summary: `At IoU 0.5, the mean over classes${curves.length > 1 ? "; by size of the object" : ""}.`,
  x: shareAxis("recall"),
  y: shareAxis("precision"),
  lines: linesOf(curves),
  points: [],
  guides: [],
  readings: curves.map(({ name, area }) => ({ name: `AP, ${name}`, value: valueText(area, "fraction") })),
});

const iouCurve = (curves: readonly NamedCurve[]): CurveSection => ({
  kind: "curve",
  title: "How close the finds lie",
  summary: "Average precision by the least IoU from which a find is a hit.",
  x: { label: "least IoU of a hit", range: [0.5, 0.95], unit: "plain" },
  y: shareAxis("average precision"),
  lines: linesOf(curves),
  points: [],
  guides: [],
  readings: curves.flatMap(({ name, area, points }) => [
    { name: `mean, ${name}`, value: valueText(area, "fraction") },
    ...[0.5, 0.75, 0.9].map((iou) => ({
      name: `at ${iou}, ${name}`,
      value: valueText(points.find(([x]) => Math.abs(x - iou) < 1e-9)?.[1] ?? Number.NaN, "fraction"),
    })),
  ]),
});

function thresholdsOf({
  all,
  rankings,
  classes,
  inUse,
  pictures,
}: {
  readonly all: Ranking;
  readonly rankings: ReadonlyMap<string, Ranking>;
  readonly classes: readonly ClassScores[];
  readonly inUse: number;
  readonly pictures: number;
}): ReportSection {
  const words = { hits: "found", falses: "false positives" };
  const largest = [...classes].sort((a, b) => b.count - a.count).slice(0, mostClasses);
  return {
    kind: "thresholds",
    summary:
      "What would come of a least score of finds, at IoU 0.5? The slider starts where F1 of all finds is largest.",
    series: [
      thresholdSeries(all, { name: "all classes", pictures, words, inUse }),
      ...largest.map(({ name }) =>
        thresholdSeries(rankings.get(name)!, { name: nameText(name), pictures, words, inUse }),
      ),
    ],
  };
}

function classCurves(
  classes: readonly ClassScores[],
  { rankings, minimum }: { readonly rankings: ReadonlyMap<string, Ranking>; readonly minimum: number },
): SmallCurvesSection {
  const firstValue = ({ values }: ClassScores) => Object.values(values)[0]!.value;
  const large = classes.filter(({ count }) => count >= minimum);
  const chosen = large.length > 0 ? large : classes;
  const weakest = [...chosen].sort((a, b) => firstValue(a) - firstValue(b)).slice(0, mostClasses);
  const which = weakest.length === chosen.length ? "the weakest first" : `the ${mostClasses} weakest`;
  const of = chosen.length === classes.length ? "All classes" : `Classes of at least ${minimum} objects`;
  return {
    kind: "small-curves",
    title: "Precision and recall of each class",
    summary: `At IoU 0.5, the largest precision at a recall or above it. ${of}, ${which}.`,
    x: shareAxis("recall"),
    y: shareAxis("precision"),
    charts: weakest.map((one) => ({
      name: one.name,
      detail: `AP ${valueText(firstValue(one), "fraction")}`,
      points: envelopePoints(rankings.get(one.name)!),
    })),
  };
}

/** More rows without a value than these are named in a sentence. */
const mostSmall = 5;

function classTable(classes: readonly ClassScores[], minimum: number): SubgroupsSection {
  const small = classes.filter(({ count }) => count < minimum);
  const isLong = small.length > mostSmall;
  const names = small.map(({ name, count }) => `${nameText(name)} ${count}`).join(", ");
  return {
    kind: "subgroups",
    title: "By class",
    summary: "Average precision, its interval over pictures.",
    counted: "objects",
    minimum,
    columns: Object.keys(classes[0]!.values).map((name) => ({
      name,
      unit: "fraction",
      overall: meanOfDefined(
        classes.map(({ values }) => values[name]!),
        "no objects",
      ).value,
    })),
    rows: classes
      .filter(({ count }) => !isLong || count >= minimum)
      .map(({ name, count, values }) => ({ name, count, values: Object.values(values) })),
    ...(isLong ? { note: `Not enough data (fewer than ${minimum} objects): ${names}.` } : {}),
  };
}

/** Why a find is false. */
const falseKinds = {
  twice: "a second find of an object",
  confused: "an object of another class",
  loose: "near an object of the class, IoU 0.1 to 0.5",
  nothing: "where nothing of the kind is labelled",
} as const;

interface FalseFind {
  readonly picture: MatchedPicture;
  readonly find: MatchedPicture["falses"][number];
  readonly kind: keyof typeof falseKinds;
  readonly told: string;
}

function explain(picture: MatchedPicture, find: MatchedPicture["falses"][number]): Pick<FalseFind, "kind" | "told"> {
  const nearest = (isWanted: (category: string) => boolean) => {
    const near = picture.objects
      .filter(({ category }) => isWanted(category))
      .map(({ category, box }) => ({ category, overlap: intersectionOverUnion(find.box, box) }));
    return near.sort((a, b) => b.overlap - a.overlap)[0] ?? { category: "", overlap: 0 };
  };
  const own = nearest((category) => category === find.category);
  const other = nearest((category) => category !== find.category);
  const iou = (overlap: number) => `IoU ${plainText(overlap)}`;
  if (own.overlap >= 0.5) return { kind: "twice", told: "found twice" };
  if (other.overlap >= 0.5) {
    return { kind: "confused", told: `labelled ${nameText(other.category)}, ${iou(other.overlap)}` };
  }
  if (own.overlap >= 0.1) return { kind: "loose", told: `box off, ${iou(own.overlap)}` };
  return { kind: "nothing", told: "nothing labelled" };
}

function mistakesOf(
  pictures: readonly MatchedPicture[],
  threshold: number,
  most: number,
): [MistakesSection, TableSection, MistakesSection] {
  const missed = pictures
    .flatMap((picture) =>
      picture.objects
        .filter(({ score, ignored }) => !ignored && score < threshold)
        .map((object) => ({ picture, object })),
    )
    .sort((a, b) => areaOf(b.object) - areaOf(a.object));
  const falses = pictures
    .flatMap((picture) =>
      picture.falses
        .filter(({ score }) => score >= threshold)
        .map((find): FalseFind => ({ picture, find, ...explain(picture, find) })),
    )
    .sort((a, b) => b.find.score - a.find.score);
  const sizeOf = ({ width, height }: { width: number; height: number }) =>
    `${Math.round(width)} x ${Math.round(height)} px`;
  return [
    {
      kind: "mistakes",
      title: "Missed objects",
      summary: `Labelled objects without a find from score ${plainText(threshold)} up, the largest first.`,
      total: missed.length,
      pictures: missed.slice(0, most).map(({ picture, object }) => ({
        ...regionPicture(boxesNear(picture, object, threshold), { role: "truth", box: object.box }),
        title: nameText(object.category),
        detail: [
          sizeOf(object.box),
          object.score === Number.NEGATIVE_INFINITY ? "no find at any score" : `best score ${plainText(object.score)}`,
        ],
      })),
    },
    kindsTable(falses, threshold),
    {
      kind: "mistakes",
      title: "False finds",
      summary: "The surest first. Some are objects without a label.",
      total: falses.length,
      pictures: falses.slice(0, most).map(({ picture, find, told }) => ({
        ...regionPicture(boxesNear(picture, find, threshold), { role: "answer", box: find.box }),
        title: `${nameText(find.category)} ${plainText(find.score)}`,
        detail: [told],
      })),
    },
  ];
}

const kindsTable = (falses: readonly FalseFind[], threshold: number): TableSection => ({
  kind: "table",
  title: "What false finds lie on",
  summary: `Finds from score ${plainText(threshold)} up that are no hit, each counted once.`,
  columns: [
    { name: "false finds", align: "text" },
    { name: "number", align: "number" },
    { name: "share", align: "number" },
  ],
  rows: Object.entries(falseKinds).map(([kind, name]) => {
    const count = falses.filter((one) => one.kind === kind).length;
    const share = falses.length === 0 ? Number.NaN : count / falses.length;
    return { name, cells: [{ text: countText(count) }, { text: valueText(share, "fraction") }] };
  }),
});

const areaOf = ({ box: { width, height } }: MatchedPicture["objects"][number]) => width * height;

/** The boxes that matter to one: those that it overlaps. */
function boxesNear({ id, objects, falses }: MatchedPicture, subject: { readonly box: Box }, threshold: number) {
  const isNear = ({ box }: { readonly box: Box }) => intersectionOverUnion(box, subject.box) >= 0.1;
  return {
    id,
    truth: objects.filter(isNear).map(({ box }) => box),
    answers: falses.filter((find) => find.score >= threshold && isNear(find)).map(({ box }) => box),
  };
}
