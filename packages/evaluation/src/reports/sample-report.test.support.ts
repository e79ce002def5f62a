import { thresholdSeries } from "./findings/threshold-series.ts";
import type { Thumbnail } from "./pictures.ts";
import type { ReportInput, ReportPicture } from "./report-input.ts";

/** A grey picture of one pixel, as a PNG file. */
const pixel = Uint8Array.from(
  atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="),
  (letter) => letter.charCodeAt(0),
);

/** A picture for every sample but "lost". */
export const sampleThumbnail = async ({ sample, region }: Pick<ReportPicture, "sample" | "region">) =>
  sample === "lost"
    ? undefined
    : ({
        type: "image/png",
        bytes: pixel,
        region: region ?? { x: 0, y: 0, width: 48, height: 48 },
      } satisfies Thumbnail);

const picture = (sample: string, title = "cat 90 %"): ReportPicture => ({ sample, title, detail: ["true: dog 10 %"] });
const region = { x: 10, y: 20, width: 40, height: 40 };
const words = { hits: "right answers", falses: "false positives" };
const accuracy = {
  name: "accuracy",
  unit: "fraction",
  higherIsBetter: true,
  summary: "share of samples",
  value: 0.75,
  interval: [0.6, 0.9],
} as const;

/** A report with every kind of section. Of cats 7 of 9 are told right, of dogs 2 of 3. */
export const sampleReport: ReportInput = {
  title: "Evaluation of <model>",
  lead: "By protocol pets.",
  facts: [{ name: "seed", value: "0" }],
  notes: ["A rule."],
  runs: [
    {
      id: "direct",
      title: "Direct",
      lead: "12 samples.",
      headline: accuracy,
      sections: [
        {
          kind: "metrics",
          metrics: [
            accuracy,
            {
              ...accuracy,
              name: "nll",
              unit: "nats",
              value: Number.NaN,
              interval: [Number.NaN, Number.NaN],
              reason: "no probabilities",
            },
          ],
          published: [{ method: "Other & Co", metric: "accuracy", value: 0.7, source: "a paper" }],
        },
        {
          kind: "confusion",
          classes: ["cat", "dog"],
          answers: ["cat", "dog", "missed"],
          cells: [
            [
              { count: 7, pictures: [picture("c1"), picture("c2")] },
              { count: 2, pictures: [picture("m1"), picture("lost")] },
              { count: 0, pictures: [] },
            ],
            [
              { count: 0, pictures: [] },
              { count: 2, pictures: [picture("d1")] },
              { count: 1, pictures: [] },
            ],
          ],
        },
        {
          kind: "mistakes",
          title: "Worst mistakes",
          summary: "The surest first.",
          total: 30,
          pictures: [
            picture("m1"),
            {
              ...picture("scene"),
              region,
              marks: [{ role: "answer", box: { x: 20, y: 30, width: 10, height: 10 }, subject: true }],
            },
            {
              ...picture("points"),
              region,
              marks: [
                { role: "truth", points: [20, 30, Number.NaN, 1] },
                { role: "answer", points: [22, 30, 5, 5] },
              ],
            },
            { ...picture("p1"), beside: { sample: "p2" } },
          ],
        },
        {
          kind: "reliability",
          bins: [
            { count: 0, confidence: Number.NaN, accuracy: Number.NaN, interval: [Number.NaN, Number.NaN] },
            { count: 12, confidence: 0.8, accuracy: 0.75, interval: [0.45, 0.9] },
          ],
          error: { value: 0.05, interval: [0.01, 0.1] },
        },
        {
          kind: "thresholds",
          summary: "Move the slider.",
          series: [
            thresholdSeries(
              { positives: 4, hits: [0.9, 0.6, 0.4], falses: [0.5] },
              { name: "all", words, inUse: 0.5, pictures: 2 },
            ),
            thresholdSeries(
              { positives: 1, hits: [0.9], falses: [0.95, 0.2] },
              { name: "dogs", words, inUse: 0.3, negatives: 2 },
            ),
          ],
        },
        {
          kind: "curve",
          title: "ROC",
          summary: "Accepted.",
          x: { label: "false positives", range: [0.001, 1], unit: "fraction", scale: "log" },
          y: { label: "accepted", range: [0, 1], unit: "fraction" },
          lines: [
            {
              name: "pairs",
              role: "result",
              points: [
                [0, 0],
                [0.01, 0.8],
                [1, 1],
              ],
            },
            {
              name: "chance",
              role: "reference",
              points: [
                [0, 0],
                [1, 1],
              ],
            },
          ],
          points: [{ x: 0.01, y: 0.8, label: "threshold 0.4" }],
          guides: [{ x: 0.1, label: "limit" }],
          readings: [{ name: "area", value: "98 %" }],
        },
        {
          kind: "figures",
          title: "How it stands",
          summary: "",
          figures: [
            { name: "state", value: "stopped", detail: "at step 3 of 9" },
            { name: "seed", value: "0" },
          ],
        },
        {
          kind: "scatter",
          title: "Valence",
          summary: "Told over labelled.",
          x: { label: "labelled", range: [-1, 1], unit: "plain" },
          y: { label: "told", range: [-1, 1], unit: "plain" },
          points: [
            [0, 0],
            [0, 0],
            [1, 0.5],
            [Number.NaN, 0],
          ],
          readings: [{ name: "CCC", value: "0.8" }],
        },
        {
          kind: "small-curves",
          title: "Each class",
          summary: "The weakest first.",
          x: { label: "recall", range: [0, 1], unit: "fraction" },
          y: { label: "precision", range: [0, 1], unit: "fraction" },
          charts: [
            { name: "wild_cat", detail: "AP 0.0 %", points: [] },
            {
              name: "dog",
              detail: "AP 50.0 %",
              points: [
                [0, 1],
                [0.5, 1],
                [0.5, 0],
              ],
            },
          ],
        },
        {
          kind: "table",
          title: "Gains",
          summary: "Chosen on one half.",
          columns: [
            { name: "task", align: "text" },
            { name: "gain", align: "number" },
          ],
          rows: [
            { name: "head_pose", cells: [{ text: "+0.02", tone: "good" }] },
            { name: "smile", cells: [{ text: "-0.01", tone: "bad" }] },
          ],
        },
        {
          kind: "heat-map",
          title: "Gap",
          summary: "Validation over training.",
          along: "epoch",
          columns: ["1", "2", "3"],
          rows: [
            {
              name: "head_pose",
              marked: 1,
              cells: [
                { value: -0.25, told: "-25 %" },
                { value: 0.5, told: "+50 %" },
                { value: Number.NaN, told: "not validated" },
              ],
            },
            {
              name: "smile",
              cells: [
                { value: 0, told: "0 %" },
                { value: 2, told: "+200 %" },
                { value: 0.1, told: "+10 %" },
              ],
            },
          ],
          guide: 2,
          limit: 1,
          words: { below: "lower", above: "higher", marked: "own best", guide: "best for all" },
        },
        {
          kind: "subgroups",
          title: "By class",
          summary: "Recall.",
          counted: "samples",
          minimum: 5,
          columns: [{ name: "recall", unit: "fraction", overall: 0.75 }],
          rows: [
            { name: "cat", count: 9, values: [{ value: 7 / 9, interval: [0.45, 0.94] }] },
            { name: "dog", count: 3, values: [{ value: 2 / 3, interval: [0.2, 0.94] }] },
          ],
        },
      ],
    },
  ],
};
