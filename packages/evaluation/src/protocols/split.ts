import { errors } from "../errors.ts";
import type { ProtocolInfo, ReadOptions, Split } from "./protocol.ts";

/** A sample of some part, with the cells of its label row: its id first, then all that scoring reads. */
export interface PartRow {
  readonly id: string;
  readonly part: string;
  readonly label: readonly (string | number)[];
  /** False for what the protocol leaves out, such as a picture without a clear label. */
  readonly isScored?: boolean;
  /** Ids of the samples that the row is of, such as the two pictures of a pair; its own id when absent. */
  readonly samples?: readonly string[];
}

/** The rows that are scored, which split they are, and the ids of all other rows. */
export interface ChosenSplit<Row> {
  readonly split: Split;
  readonly rows: readonly Row[];
  readonly others: ReadonlySet<string>;
}

/** How the labels are laid out: the complete official release, or a packed or partial copy of it. */
export type Layout = "official" | "packed";

/**
 * Chooses the rows of one part, sorted by id so that the order of the file changes no draw, refuses ids that stand twice,
 * and tells which split it is. In the official layout the number of rows must be the published one, before samples are left
 * out; packed copies may hold fewer. Rows of samples in `without` go, and the split is told of those that are left: its name
 * says of how many. The hash is SHA-256 of the label rows in UTF-8, cells joined by commas, sorted, each with a line feed:
 * the order of rows does not matter, any label does.
 */
export async function chooseSplit<Row extends PartRow>(
  protocol: Pick<ProtocolInfo, "id" | "parts">,
  rows: readonly Row[],
  { part, without = new Set(), layout, folder }: ReadOptions & { readonly layout: Layout; readonly folder: string },
): Promise<ChosenSplit<Row>> {
  const scored = rows.filter(({ isScored = true }) => isScored);
  const known = [...new Set(scored.map((row) => row.part))];
  const ordered = [
    ...protocol.parts.map(({ name }) => name).filter((name) => known.includes(name)),
    ...known.filter((name) => !protocol.parts.some((official) => official.name === name)).sort(),
  ];
  const name = part ?? ordered[0];
  const chosen = scored.filter((row) => row.part === name).sort(byId);
  if (name === undefined || chosen.length === 0) {
    throw errors["unknown-part"]({ protocol: protocol.id, folder, part: part ?? "any", known: ordered });
  }
  const seen = new Set<string>();
  for (const { id } of chosen) {
    if (seen.has(id)) throw errors["repeated-image"]({ received: id });
    seen.add(id);
  }
  const expected = protocol.parts.find((official) => official.name === name)?.count;
  if (layout === "official" && expected !== undefined && expected !== chosen.length) {
    throw errors["split-mismatch"]({ protocol: protocol.id, part: name, expected, received: chosen.length });
  }
  const left = chosen.filter(({ id, samples = [id] }) => !samples.some((sample) => without.has(sample)));
  if (left.length === 0) {
    throw errors["nothing-left"]({ protocol: protocol.id, part: name, received: chosen.length });
  }
  const kept = new Set(left.map(({ id }) => id));
  const lines = left.map(({ id, label }) => `${[id, ...label].join(",")}\n`).sort();
  return {
    split: {
      name: left.length === chosen.length ? name : `${name}, ${left.length} of ${chosen.length} not trained on`,
      sha256: await sha256(lines.join("")),
      count: left.length,
    },
    rows: left,
    others: new Set(rows.flatMap(({ id }) => (kept.has(id) ? [] : [id]))),
  };
}

const byId = (a: PartRow, b: PartRow): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

async function sha256(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
