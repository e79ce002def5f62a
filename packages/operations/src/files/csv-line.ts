/** A line of a CSV table (RFC 4180): quotes where a comma, a quote or a line break stands in a cell. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(quoted).join(",")}\n`;

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
