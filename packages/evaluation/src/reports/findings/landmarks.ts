import type { Box } from "../../metrics/boxes.ts";
import type { LandmarksTest } from "../../protocols/protocol.ts";
import { type BootstrapOptions, measure, statesByGroup } from "../../statistics/bootstrap.ts";
import { quantile } from "../../statistics/quantile.ts";
import { endText, valueText } from "../numbers.ts";
import type { CurveSection, MistakesSection, ReportPicture, ReportSection, SubgroupsSection } from "../report-input.ts";
import { meanOf } from "./mean-value.ts";
import { measuredShare } from "./shares.ts";
import type { ScoredTest, SectionMaker } from "./source.ts";
import { attributeSections, type SubgroupColumn } from "./subgroups.ts";

/** One face with its error in lengths of the normaliser, infinite where it was missed. */
export interface MeasuredFace {
  readonly id: string;
  readonly unit: string;
  readonly error: number;
}

/** What a report of facial points shows. */
export const landmarksSections: SectionMaker<LandmarksTest> = (scored, { mistakes, minimum }) => {
  const { test, options } = scored;
  const faces = measuredFaces(scored);
  if (faces.length === 0 || test.failure === undefined) return [];
  const { above } = test.failure;
  const found = faces.filter(({ error }) => Number.isFinite(error));
  const sorted = [...faces].sort((a, b) => b.error - a.error);
  const sections: ReportSection[] = [cumulativeErrors(faces, above)];
  if (found.length > 0) sections.push(bySize(scored, faces, minimum));
  sections.push(
    ...attributeSections(test.subgroups, {
      samples: faces,
      columns: columnsOf(above, options),
      counted: "faces",
      minimum,
    }),
    largestErrors(
      scored,
      sorted.filter(({ error }) => Number.isFinite(error)),
      mistakes,
    ),
    missedFaces(
      scored,
      sorted.filter(({ error }) => !Number.isFinite(error)),
      mistakes,
    ),
  );
  return sections;
};

/** Faces with at least one labelled point. */
function measuredFaces({ test, answers, scores }: ScoredTest<LandmarksTest>): MeasuredFace[] {
  const { failure } = test;
  if (failure === undefined) return [];
  return (scores.outcomes ?? []).flatMap(({ id, unit, values }) => {
    if (answers.get(id) === null) return { id, unit, error: Number.POSITIVE_INFINITY };
    const told = values[failure.metric];
    return Array.isArray(told) && told[1] > 0 ? { id, unit, error: told[0] / told[1] } : [];
  });
}

/** Share of faces whose error is at most e, by e, to twice the error that is a failure; missed faces never come in. */
export function cumulativeErrors(faces: readonly Pick<MeasuredFace, "error">[], failure: number): CurveSection {
  const end = 2 * failure;
  const errors = faces.map(({ error }) => error).sort((a, b) => a - b);
  const within = errors.filter((error) => error <= end);
  const shareAt = (limit: number) => errors.filter((error) => error <= limit).length / errors.length;
  const steps = within.flatMap((error, i): [number, number][] => [
    [error, i / errors.length],
    [error, (i + 1) / errors.length],
  ]);
  const at = (share: number) => valueText(quantile(errors, share), "fraction");
  return {
    kind: "curve",
    title: "Cumulative errors",
    summary: "The share of faces whose mean error of points is no larger than this; a face that was missed never is.",
    x: { label: "error, per cent of the length that it is divided by", range: [0, end], unit: "fraction" },
    y: { label: "faces", range: [0, 1], unit: "fraction" },
    lines: [{ name: "faces", role: "result", points: [[0, 0], ...steps, [end, within.length / errors.length]] }],
    points: [],
    guides: [{ x: failure, label: `failure above ${endText(failure, "fraction")}` }],
    readings: [
      { name: "half below", value: at(0.5) },
      { name: "nine of ten below", value: at(0.9) },
      { name: "no failure", value: valueText(shareAt(failure), "fraction") },
    ],
  };
}

const columnsOf = (failure: number, options: BootstrapOptions): readonly SubgroupColumn<MeasuredFace>[] => [
  {
    name: "mean error",
    unit: "fraction",
    measure: (faces) => {
      const found = faces.filter(({ error }) => Number.isFinite(error));
      const states = statesByGroup(
        meanOf,
        found.map(({ unit, error }) => ({ group: unit, batch: [error] })),
      );
      return measure(meanOf, states, options);
    },
  },
  {
    name: "failures",
    unit: "fraction",
    measure: (faces) =>
      measuredShare(
        faces.map(({ unit, error }) => ({ unit, isHit: error > failure })),
        options,
      ),
  },
];

/** Pixels between the outermost labelled points, the longer way. */
const sizes = [0, 32, 64, 128, 256, Number.POSITIVE_INFINITY];

function bySize(
  { test, options }: ScoredTest<LandmarksTest>,
  faces: readonly MeasuredFace[],
  minimum: number,
): SubgroupsSection {
  const columns = columnsOf(test.failure!.above, options);
  const sized = faces.map((face) => {
    const { width, height } = extentOf([test.truth.get(face.id)!]);
    return { ...face, size: Math.max(width, height) };
  });
  const rows = sizes.slice(0, -1).map((from, i) => {
    const below = sizes[i + 1]!;
    const own = sized.filter(({ size }) => size >= from && size < below);
    const name = Number.isFinite(below) ? `${from} to ${below} px` : `${from} px and more`;
    return { name, count: own.length, values: columns.map(({ measure }) => measure(own)) };
  });
  return {
    kind: "subgroups",
    title: "By size of the face",
    summary:
      "The size is the extent of the labelled points in the picture; mean errors are over the faces that were found.",
    counted: "faces",
    minimum,
    columns: columns.map(({ name, unit, measure }) => ({ name, unit, overall: measure(faces).value })),
    rows: rows.filter(({ count }) => count > 0),
  };
}

function largestErrors(
  { test, answers }: ScoredTest<LandmarksTest>,
  faces: readonly MeasuredFace[],
  most: number,
): MistakesSection {
  return {
    kind: "mistakes",
    title: "Largest errors",
    summary: "Faces that were found, the largest error first; a line joins each labelled point to its answer.",
    total: faces.length,
    pictures: faces.slice(0, most).map(({ id, error }): ReportPicture => {
      const [truth, answer] = [test.truth.get(id)!, answers.get(id)!.points];
      return {
        sample: id,
        region: widened(extentOf([truth, answer]), 0.35),
        marks: [
          { role: "truth", points: truth },
          { role: "answer", points: answer },
        ],
        title: `error ${valueText(error, "fraction")}`,
        detail: [],
      };
    }),
  };
}

function missedFaces(
  { test }: ScoredTest<LandmarksTest>,
  faces: readonly MeasuredFace[],
  most: number,
): MistakesSection {
  return {
    kind: "mistakes",
    title: "Missed faces",
    summary: "Labelled faces for which there was no answer.",
    total: faces.length,
    pictures: faces.slice(0, most).map(({ id }): ReportPicture => {
      const truth = test.truth.get(id)!;
      return {
        sample: id,
        region: widened(extentOf([truth]), 0.9),
        marks: [{ role: "truth", points: truth }],
        title: "missed",
        detail: [],
      };
    }),
  };
}

/** The rectangle around points. */
function extentOf(lists: readonly ArrayLike<number>[]): Box {
  const axis = (start: 0 | 1) =>
    lists.flatMap((points) => Array.from(points).filter((value, i) => i % 2 === start && Number.isFinite(value)));
  const [xs, ys] = [axis(0), axis(1)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** The square around a rectangle, with a margin of `share` of its longer side all round; at least 24 pixels wide. */
export function widened({ x, y, width, height }: Box, share: number): Box {
  const side = Math.max(24, Math.max(width, height) * (1 + 2 * share));
  return { x: x + (width - side) / 2, y: y + (height - side) / 2, width: side, height: side };
}
