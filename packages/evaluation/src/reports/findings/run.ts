import type { MetricInfo, Mode, ProtocolInfo, Test } from "../../protocols/protocol.ts";
import { countedText, countText } from "../numbers.ts";
import type { ReportMetric, ReportRun, ReportSection } from "../report-input.ts";
import { classificationSections } from "./classification.ts";
import { detectionSections } from "./detection.ts";
import { landmarksSections } from "./landmarks.ts";
import { multitaskSections } from "./multitask.ts";
import { objectsSections } from "./objects.ts";
import { type ReportLimits, type ScoredTest, type SectionMaker, usualLimits } from "./source.ts";
import { verificationSections } from "./verification.ts";

/** Kinds of tests that have more to show than their metrics. */
const sectionMakers: { readonly [Kind in Test["kind"]]?: SectionMaker<Extract<Test, { kind: Kind }>> } = {
  classification: classificationSections,
  landmarks: landmarksSections,
  detection: detectionSections,
  objects: objectsSections,
  multitask: multitaskSections,
  verification: verificationSections,
};

const modeTitles = {
  direct: "Direct: the picture that was labelled",
  end_to_end: "End to end: the whole picture",
} as const satisfies Record<Mode, string>;

/** What the samples of a test are, and what is missed. */
const nouns = {
  classification: ["sample", ""],
  landmarks: ["face", ""],
  detection: ["picture", " faces"],
  objects: ["picture", " objects"],
  verification: ["pair", ""],
  multitask: ["sample", ""],
} as const satisfies Record<Test["kind"], readonly [counted: string, missed: string]>;

/** What a report shows of one way in which a test was answered: its metrics, then what its kind of test has. */
export function reportRun(
  protocol: Pick<ProtocolInfo, "metrics" | "published">,
  mode: Mode,
  scored: ScoredTest,
  limits: ReportLimits = usualLimits,
): ReportRun {
  const { scores, test } = scored;
  const metrics = Object.entries(scores.metrics).map(
    ([name, measured]): ReportMetric => ({ ...infoOf(protocol.metrics, name), ...measured, name }),
  );
  const make = sectionMakers[test.kind] as SectionMaker<Test> | undefined;
  const own: readonly ReportSection[] = make?.(scored, limits) ?? [];
  const [counted, lost] = nouns[test.kind];
  const missed = scores.missed === 0 ? "" : `, ${countText(scores.missed)}${lost} missed`;
  return {
    id: mode,
    title: modeTitles[mode],
    lead: `${countedText(test.split.count, counted)}${missed}.`,
    headline: metrics[0]!,
    sections: [{ kind: "metrics", metrics, published: protocol.published }, ...own],
  };
}

const infoOf = (metrics: readonly MetricInfo[], name: string): MetricInfo =>
  metrics.find((metric) => metric.name === name) ?? { name, unit: "", higherIsBetter: true, summary: "" };
