import { stripVTControlCharacters } from "node:util";

/** Cells under one another, two spaces apart; `right` lists columns that are set to the right. Styled cells keep their place. */
export function formatTable(
  rows: readonly (readonly string[])[],
  { right = [] }: { right?: readonly number[] } = {},
): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.map((row) => shown(row[column] ?? ""))),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0, right.includes(column)))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** A text in lines of at most `width` characters, broken between words. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && shown(last) + 1 + shown(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Names with their values, long values in several lines under one another. */
export const formatPairs = (pairs: readonly (readonly [name: string, value: string])[], width = 100): string =>
  formatTable(
    pairs.flatMap(([name, value]) => wrapText(value, width).map((line, index) => [index === 0 ? name : "", line])),
  );

/** Fills up with spaces to a shown width. */
export const pad = (cell: string, width: number, isRight = false): string => {
  const space = " ".repeat(Math.max(0, width - shown(cell)));
  return isRight ? space + cell : cell + space;
};

const shown = (cell: string): number => [...stripVTControlCharacters(cell)].length;

/** A bar of `cells` characters for a share from 0 to 1, by eighths of a character. */
export function bar(share: number, cells: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * cells * 8);
  const full = "█".repeat(Math.floor(eighths / 8));
  return (full + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]).padEnd(cells);
}

/** "25,614". */
export const count = (value: number): string => Math.round(value).toLocaleString("en-US");

/** "3 faces", "1 face", "no faces". */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  value === 1 ? `1 ${one}` : `${value === 0 ? "no" : count(value)} ${many}`;

/** "41 ms", "2.4 s", "3 min 20 s", "2 h 5 min". */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "1.4 MB", in powers of 1000. */
export const bytes = (value: number): string =>
  value < 1000 ? `${value} B` : value < 1e6 ? `${(value / 1e3).toFixed(0)} kB` : `${(value / 1e6).toFixed(1)} MB`;

/** Control characters out: a file name must not move the cursor. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go
  text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "?");
