// Writes the results in README.md from the cards of the shipped models, docs/results.md from the saved lines of `evaluate`
// beside their recipes, and the times in docs/training.md from the logs there: node scripts/generate-results.js
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readOnnx } from "@foveajs/graph";
import { markdownTable, withSection, writeDocuments } from "./generated-section.js";
import { listFiles, workspaceRoot } from "./workspace.js";

/** What metrics are called for people; a metric that is not here keeps its own name. */
const metricTexts = {
  accuracy: "accuracy",
  macro_f1: "macro F1",
  nll: "negative log-likelihood (less is better)",
  ece: "calibration error, ECE of 15 bins (less is better)",
  ap: "average precision at IoU 0.35",
  recall: "recall at the shipped threshold",
  false_per_image: "false faces a picture at the shipped threshold (less is better)",
  false_faces_per_image: "false faces a picture at the threshold (less is better)",
  precision: "precision at the threshold",
  votes_nll: "cross entropy with the votes (less is better)",
  mean_error: "mean error of points, in distances of the eyes (less is better)",
  failure_rate: "failures, errors above 10 % (less is better)",
  balanced_accuracy: "balanced accuracy",
  pose_accuracy: "head pose, accuracy",
  pose_balanced_accuracy: "head pose, balanced accuracy",
  smile_accuracy: "smile, accuracy",
  glasses_accuracy: "glasses, accuracy",
  nme: "mean error of 68 points, in distances of the outer eye corners (less is better)",
  failure_rate_10: "faces with an error above 10 % (less is better)",
  five_mean_error: "mean error of five points, in distances of the eyes (less is better)",
  ccc_valence: "valence, concordance with what the votes give",
  ccc_arousal: "arousal, concordance with what the votes give",
};

/** Metrics that stand in a card and not in README.md, which tells the same by another. */
const details = /^(nll|mae_\w+|rmse_\w+|auc_8|five_failure_rate)$/;

const digits = 4;

/** Cards of the models in a folder, `{ name, sizeBytes, card }` by file name; none where the folder is empty or absent. */
export function readCards(folder) {
  return listFiles(folder)
    .filter((file) => file.endsWith(".onnx"))
    .map((file) => {
      const bytes = readFileSync(file);
      const { metadata } = readOnnx(bytes);
      return { name: path.basename(file, ".onnx"), sizeBytes: bytes.length, card: JSON.parse(metadata["fovea.card"]) };
    });
}

/** The generated part of README.md. */
export function resultsText(models) {
  if (models.length === 0) return "No model is in `models/` yet, so there is nothing to report.";
  return models.map(modelText).join("\n\n");
}

function modelText({ name, sizeBytes, card }) {
  const title = `**${name}** (${(sizeBytes / 1e6).toFixed(2)} MB). ${card.summary}`;
  const shown = withoutReplaced(card.results).filter(({ metric }) => !details.test(plainName(metric)));
  if (shown.length === 0) return `${title} Its card holds no results.`;
  const rows = shown.map(({ data, metric, value, interval }) => [
    data,
    metricText(metric),
    value.toFixed(digits),
    interval === undefined ? "" : `${interval[0].toFixed(digits)} to ${interval[1].toFixed(digits)}`,
  ]);
  const hasInterval = shown.some(({ interval }) => interval !== undefined);
  const cells = hasInterval ? rows : rows.map((row) => row.slice(0, -1));
  const head = ["measured on", "metric", "value", "95 % interval"].slice(0, hasInterval ? 4 : 3);
  return `${title}\n\n${markdownTable(head, cells)}`;
}

/** Where a metric was also taken after calibration, only that is shown: it is what the product tells. */
function withoutReplaced(results) {
  const key = ({ data, metric }) => `${data} ${metric}`;
  const calibrated = new Set(
    results
      .filter(({ metric }) => metric.includes("/calibrated_"))
      .map((result) => key(result).replace("/calibrated_", "/")),
  );
  return results.filter((result) => !calibrated.has(key(result)));
}

/** `expression/calibrated_ece` as `ece`. */
const plainName = (metric) => metric.slice(metric.indexOf("/") + 1).replace(/^calibrated_/, "");

/** `expression/calibrated_ece` as "expression: calibration error ..., after calibration". */
function metricText(metric) {
  const [task, name] = metric.includes("/") ? metric.split("/") : [undefined, metric];
  const plain = name.replace(/^calibrated_/, "");
  const text = Object.hasOwn(metricTexts, plain) ? metricTexts[plain] : `\`${plain}\``;
  const suffix = name === plain ? "" : ", after calibration";
  return `${task === undefined ? "" : `${task}: `}${text}${suffix}`;
}

/** What each recipe's log tells of its finished run: `{ name, parameters, steps, device, seconds }`. */
export function readLogs(folder) {
  return listFiles(folder)
    .filter((file) => path.basename(file) === "events.jsonl")
    .flatMap((file) => {
      const events = readFileSync(file, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      // a run that was stopped has several starts
      const start = events.findLast(({ type }) => type === "start");
      const done = events.findLast(({ type }) => type === "done");
      if (start === undefined || done === undefined) return [];
      const { parameters, steps, device } = start;
      return [{ name: path.basename(path.dirname(file)), parameters, steps, device, seconds: done.seconds }];
    });
}

/** The generated part of docs/training.md. */
export function timesText(logs) {
  if (logs.length === 0) return "No log of a finished run stands beside a recipe yet.";
  const hours = (seconds) =>
    `${Math.floor(seconds / 3600)} h ${String(Math.floor(seconds / 60) % 60).padStart(2, "0")} min`;
  return markdownTable(
    ["recipe", "parameters", "steps", "on", "time, with validation"],
    logs.map(({ name, parameters, steps, device, seconds }) => [name, parameters, steps, device, hours(seconds)]),
  );
}

/** Saved lines of `evaluate` beside each recipe, `{ name, results }`; lines of samples are passed over. */
export function readRecorded(folder) {
  return listFiles(folder)
    .filter((file) => path.basename(file) === "results.jsonl")
    .map((file) => ({
      name: path.basename(path.dirname(file)),
      results: readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) => JSON.parse(line))
        .filter((line) => "protocol" in line),
    }));
}

/** The generated part of docs/results.md: every figure with the command, code and machine that made it. */
export function recordedText(recorded) {
  if (recorded.length === 0) return "No `results.jsonl` stands beside a recipe yet.";
  return recorded.flatMap(({ name, results }) => [`## ${name}`, ...results.map(recordText)]).join("\n\n");
}

function recordText({
  protocol,
  mode,
  split,
  missed,
  metrics,
  threshold,
  leak_check,
  model,
  commit,
  command,
  machine,
}) {
  const number = (value) => (value === null ? "undefined" : value.toFixed(digits));
  const rows = Object.entries(metrics).map(
    ([
      metric,
      {
        value,
        interval: [low, high],
        reason,
      },
    ]) => [
      metricText(metric),
      number(value),
      low === null || high === null ? (reason ?? "") : `${number(low)} to ${number(high)}`,
    ],
  );
  const { cpu, cores, platform, node, device } = machine;
  const facts = [
    `- command: \`${command}\``,
    `- code: ${commit === null ? "not in its repository" : `commit \`${commit}\``}`,
    `- machine: ${cpu}, ${cores} cores, ${platform}, Node ${node}${device === null ? "" : `, on ${device}`}`,
    `- split: SHA-256 \`${split.sha256}\``,
    `- model: SHA-256 \`${model.graph_sha256 ?? model.sha256}\`${model.graph_sha256 ? ", of the file without its metadata" : ""}`,
    `- leak check: ${leak_check}`,
    ...(threshold === undefined
      ? []
      : [
          `- threshold: ${number(threshold.value)}, chosen on ${threshold.split.name} for at most ${threshold.target} false positives`,
        ]),
  ];
  const count = `${split.count} samples${missed === 0 ? "" : `, ${missed} missed`}`;
  const title = `**${protocol}, ${split.name}** (${count}), ${mode}`;
  return `${title}\n\n${markdownTable(["metric", "value", "95 % interval"], rows)}\n\n${facts.join("\n")}`;
}

export const documents = [
  {
    file: "docs/results.md",
    make: (text) => withSection(text, "results", recordedText(readRecorded(path.join(workspaceRoot, "recipes")))),
  },
  {
    file: "README.md",
    make: (text) => withSection(text, "results", resultsText(readCards(path.join(workspaceRoot, "models")))),
  },
  {
    file: "docs/training.md",
    make: (text) => withSection(text, "times", timesText(readLogs(path.join(workspaceRoot, "recipes")))),
  },
];

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeDocuments(documents);
