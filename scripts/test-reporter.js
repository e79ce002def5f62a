import { inspect } from "node:util";

/**
 * Gathers the events of one test file (node:test's `run`) into a report: `passed` count, `failures` with title and
 * text, `skips` with title and reason, `milliseconds`. A file that crashes, or holds no test, is a failure.
 */
export async function collectFile(events, { file, name }) {
  const report = { name, passed: 0, failures: [], skips: [], milliseconds: 0 };
  const output = [];
  const ancestors = [];
  for await (const { type, data } of events) {
    if (type === "test:stdout" || type === "test:stderr") output.push(data.message);
    if (type === "test:start") ancestors.splice(data.nesting, Infinity, data.name);
    if (type === "test:diagnostic" && /^(Error|Warning):/.test(data.message)) output.push(`${data.message}\n`);
    if (type !== "test:pass" && type !== "test:fail") continue;
    const isFile = data.nesting === 0 && data.name === file;
    if (data.nesting === 0) report.milliseconds += data.details.duration_ms;
    const title = isFile ? "(the file itself)" : [...ancestors.slice(0, data.nesting), data.name].join(" > ");
    if (isSkipped(data)) report.skips.push({ title, reason: reasonOf(data) });
    else if (type === "test:fail") {
      const { error } = data.details;
      // A group that failed only because of its members is told by them.
      if (error.failureType !== "subtestsFailed") {
        report.failures.push({ title, text: isFile ? fileFailure(error, output) : errorDetails(error) });
      }
    } else if (isFile) report.failures.push({ title, text: "expected tests in this file, found none." });
    else if (data.details.type !== "suite") report.passed += 1;
  }
  return report;
}

/** A file's report as text: one line, then its failures and what it skipped, with the reasons. */
export function fileText({ name, passed, failures, skips, milliseconds }) {
  const counts = [`${passed} passed`];
  if (failures.length > 0) counts.push(`${failures.length} failed`);
  if (skips.length > 0) counts.push(`${skips.length} skipped`);
  const lines = [
    `${failures.length > 0 ? "FAIL" : "ok  "} ${name} (${counts.join(", ")}, ${Math.round(milliseconds)} ms)`,
  ];
  for (const { title, text } of failures) lines.push(`  failed: ${title}`, indent(text, "    "));
  for (const { title, reason } of skips) lines.push(`  skipped: ${title} (${reason})`);
  return lines.join("\n");
}

/** The last line of a run: `N passed, N failed`, with `, N skipped` where some were. */
export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

function isSkipped({ skip, todo }) {
  return (skip !== undefined && skip !== false) || (todo !== undefined && todo !== false);
}

function reasonOf({ skip, todo }) {
  const reason = skip ?? todo;
  if (typeof reason === "string" && reason !== "") return reason;
  return skip === undefined ? "to do" : "no reason given";
}

/** The thrown thing itself, not node:test's wrapping of it. */
function errorDetails(error) {
  const thrown =
    error.failureType === "testCodeFailure" || error.failureType === "hookFailed" ? (error.cause ?? error) : error;
  if (!(thrown instanceof Error)) return typeof thrown === "string" ? thrown : inspect(thrown);
  const text = thrown.stack ?? thrown.message;
  const lines = text.split("\n").filter((line) => !/^\s+at .*\(?node:internal/.test(line));
  const code = typeof thrown.code === "string" && !text.includes(thrown.code) ? [`code: ${thrown.code}`] : [];
  const help = typeof thrown.help === "string" ? [`help: ${thrown.help}`] : [];
  const cause = thrown.cause instanceof Error ? [`caused by ${thrown.cause.stack ?? thrown.cause.message}`] : [];
  return [...lines, ...code, ...help, ...cause].join("\n");
}

function fileFailure(error, output) {
  const written = output.join("").trim();
  return written === "" ? `${error.message} (the process wrote nothing)` : `${error.message}\n${written}`;
}

function indent(text, margin) {
  return text
    .split("\n")
    .map((line) => (line === "" ? line : margin + line))
    .join("\n");
}
