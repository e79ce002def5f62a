// Writes docs/protocols.md from the table of protocols: node scripts/generate-protocols.js
import { fileURLToPath } from "node:url";
import { protocols } from "@foveajs/evaluation";
import { markdownTable, withSection, writeDocuments } from "./generated-section.js";

const number = (value) => String(Math.round(value * 1e4) / 1e4);

/** The page of one protocol: what is measured, of which data, by which rules, and what others published. */
function protocolText({ id, title, metrics, parts, unit, data, rules, published }) {
  const counts = parts.map(({ name, count }) =>
    count === undefined ? name : `${name} (${count.toLocaleString("en")})`,
  );
  return [
    `## ${id}`,
    `${title}. Intervals are over: ${unit}.`,
    [
      `- Data: ${data.where}`,
      `- Licence: ${data.licence}`,
      `- Source: ${data.source}`,
      `- Parts, in the order in which one is chosen: ${counts.join(", ")}`,
    ].join("\n"),
    markdownTable(
      ["metric", "unit", "better", "what"],
      metrics.map((metric) => [
        `\`${metric.name}\``,
        metric.unit,
        metric.higherIsBetter ? "higher" : "lower",
        metric.summary,
      ]),
    ),
    rules.map((rule) => `- ${rule}`).join("\n"),
    ...(published.length === 0
      ? []
      : [
          markdownTable(
            ["method", "metric", "published", "source"],
            published.map(({ method, metric, value, source }) => [method, `\`${metric}\``, number(value), source]),
          ),
        ]),
  ];
}

/** The generated part of docs/protocols.md. */
export const protocolsText = () => Object.values(protocols).flatMap(protocolText).join("\n\n");

export const documents = [
  { file: "docs/protocols.md", make: (text) => withSection(text, "protocols", protocolsText()) },
];

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeDocuments(documents);
