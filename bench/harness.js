import { cpus, loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const pauseMs = 20; // lets the threads of one contestant come to rest before the next is measured

/** The middle value (mean of the two middle ones for an even count); NaN of nothing. */
export function median(values) {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Measures contestants in turn, so that a busy neighbour disturbs all alike. A contestant is
 * `{ name, measure(repeats) => Promise<{ wallMs, cpuMs }> }`, milliseconds per repeat. Each is warmed up, then measured
 * `rounds` times; the order rotates from round to round. A contestant's own `limits` go before these options, and it sits out
 * the rounds beyond its own. Resolves to `{ name: [{ wallMs, cpuMs }, ...] }`.
 */
export async function interleave(contestants, { warmup = 3, rounds = 7, repeats = 3, onRound = () => {} } = {}) {
  const times = Object.fromEntries(contestants.map(({ name }) => [name, []]));
  const settings = (contestant) => ({ warmup, rounds, repeats, ...contestant.limits });
  for (const contestant of contestants) {
    const count = settings(contestant).warmup;
    if (count > 0) await contestant.measure(count);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contestants.length; turn += 1) {
      const contestant = contestants[(round + turn) % contestants.length];
      const own = settings(contestant);
      if (round >= own.rounds) continue;
      times[contestant.name].push(await contestant.measure(own.repeats));
      await sleep(pauseMs);
    }
    onRound(round + 1, rounds);
  }
  return times;
}

/**
 * Medians per contestant, and how many times faster the `subject` is: the median over rounds of the other's time
 * divided by the subject's in the same round (above 1: the subject is faster).
 */
export function summarize(times, subject) {
  return Object.entries(times).map(([name, rounds]) => {
    const ratios = (key) => median(rounds.map((round, index) => round[key] / times[subject][index][key]));
    return {
      name,
      wallMs: median(rounds.map(({ wallMs }) => wallMs)),
      cpuMs: median(rounds.map(({ cpuMs }) => cpuMs)),
      speedup: ratios("wallMs"),
      cpuSpeedup: ratios("cpuMs"),
    };
  });
}

/** Wraps an asynchronous step of this process as a `measure` function: wall and CPU milliseconds per repeat. */
export function measureHere(step) {
  return async (repeats) => {
    const start = performance.now();
    const cpuStart = process.cpuUsage();
    for (let repeat = 0; repeat < repeats; repeat += 1) await step();
    const { user, system } = process.cpuUsage(cpuStart);
    return { wallMs: (performance.now() - start) / repeats, cpuMs: (user + system) / 1000 / repeats };
  };
}

/** Where a figure was measured: CPU model, logical cores, load (1 minute), Node version. Snake case, for JSON lines. */
export function environment() {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? "unknown",
    cores: cpus().length,
    load: Number(loadavg()[0].toFixed(2)),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
}

/** Peak memory of this process in megabytes (10^6 bytes). */
export function peakMegabytes() {
  return (process.resourceUsage().maxRSS * 1024) / 1e6;
}

/**
 * Rows of `summarize` beside what they must not exceed: `limit_ms` of CPU time by name (so that a busy neighbour does not
 * decide), the share of it that was taken, and whether it holds; rows without a limit have nulls. `further(name)`: more of a row.
 */
export function besideLimits(rows, limitsMs, further = () => ({})) {
  return rows.map(({ name, wallMs, cpuMs }) => {
    const limit_ms = limitsMs[name] ?? null;
    const limits = { limit_ms, share_of_limit: limit_ms && cpuMs / limit_ms, within: limit_ms && cpuMs < limit_ms };
    return { name, ...further(name), wall_ms: wallMs, cpu_ms: cpuMs, ...limits };
  });
}

/** Prints rows as lines of JSON, each with what holds of all (`about`), or as that line and a table of all columns but `within`. */
export function printRows(rows, about, { json }) {
  if (json) {
    for (const row of rows) process.stdout.write(`${JSON.stringify({ ...about, ...row })}\n`);
    return;
  }
  const columns = Object.keys(rows[0]).filter((key) => key !== "within");
  process.stdout.write(`${JSON.stringify(about)}\n`);
  const text = tableText(
    rows,
    columns.map((key) => [key, key.replaceAll("_", " ")]),
  );
  process.stdout.write(`${text}\n`);
}

/** Rows as text: a header, then one line a row, columns aligned; numbers to the right. `columns`: `[key, title]`. */
export function tableText(rows, columns) {
  const cell = (value) => (typeof value === "number" ? formatNumber(value) : String(value ?? "-"));
  const lines = [columns.map(([, title]) => title), ...rows.map((row) => columns.map(([key]) => cell(row[key])))];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((text, column) => (column === 0 ? text.padEnd(widths[column]) : text.padStart(widths[column])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function formatNumber(value) {
  if (!Number.isFinite(value)) return "-";
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}

/** A row as a line of JSON: numbers to six digits, what could not be measured (NaN) left out. */
export function jsonLine(row) {
  const round = (value) => (Number.isFinite(value) ? Number(value.toPrecision(6)) : undefined);
  return JSON.stringify(row, (_key, value) => (typeof value === "number" ? round(value) : value));
}
