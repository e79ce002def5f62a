import { errors } from "../errors.ts";
import type { ProtocolInfo, ReadOptions, Split } from "./protocol.ts";
import { type Layout, splitStanding, type WholePart } from "./split-standing.ts";

/** A sample of some part, with the cells of its label row: its name first, then all that scoring reads. */
export interface PartRow {
  readonly id: string;
  /** What the release calls it, whatever the folders and files of this copy; its id when absent. */
  readonly key?: string;
  /** Name of its class, where the numbers of each class are published. */
  readonly className?: string | undefined;
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

export interface SplitOptions<Row> extends ReadOptions {
  readonly layout: Layout;
  /** For messages. */
  readonly folder: string;
  /** The name of a part by its rows, where the part's own says too little. */
  readonly nameOf?: ((part: string, rows: readonly Row[]) => string) | undefined;
}

/**
 * Chooses the rows of one part, sorted by id so that the order of the file changes no draw, refuses ids that stand twice,
 * and tells which split it is. A part that claims to be a published one and differs from it (see `splitStanding`) is refused, or with
 * mismatch "custom" called custom; this is of all its samples, before any are left out. Rows of samples in `without` go, and
 * the split is told of those that are left: its name says of how many. The hash is SHA-256 of the label rows in UTF-8, cells
 * joined by commas, sorted, each with a line feed: the order of rows does not matter, any label does.
 */
export async function chooseSplit<Row extends PartRow>(
  protocol: Pick<ProtocolInfo, "id" | "parts">,
  rows: readonly Row[],
  options: SplitOptions<Row>,
): Promise<ChosenSplit<Row>> {
  const { part, without = new Set(), mismatch = "refuse", layout, folder, nameOf = (own) => own } = options;
  const scored = rows.filter(({ isScored = true }) => isScored);
  const known = [...new Set(scored.map((row) => row.part))];
  const ordered = [
    ...protocol.parts.map(({ name }) => name).filter((name) => known.includes(name)),
    ...known.filter((name) => !protocol.parts.some((official) => official.name === name)).sort(),
  ];
  const wanted = part ?? ordered[0];
  const chosen = scored.filter((row) => row.part === wanted).sort(byId);
  if (wanted === undefined || chosen.length === 0) {
    throw errors["unknown-part"]({ protocol: protocol.id, folder, part: part ?? "any", known: ordered });
  }
  const seen = new Set<string>();
  for (const { id } of chosen) {
    if (seen.has(id)) throw errors["repeated-image"]({ received: id });
    seen.add(id);
  }
  const name = nameOf(wanted, chosen);
  const whole = await wholeOf(chosen);
  const standing = splitStanding(
    protocol.parts.find((official) => official.name === name),
    whole,
    layout,
  );
  if (typeof standing === "object" && mismatch === "refuse") {
    throw errors["split-mismatch"]({ protocol: protocol.id, part: name, ...standing });
  }
  const told =
    typeof standing === "object" ? { name: "custom", standing: "not an official part" as const } : { name, standing };
  const left = chosen.filter(({ id, samples = [id] }) => !samples.some((sample) => without.has(sample)));
  if (left.length === 0) {
    throw errors["nothing-left"]({ protocol: protocol.id, part: name, received: chosen.length });
  }
  const kept = new Set(left.map(({ id }) => id));
  const others = new Set(rows.flatMap(({ id }) => (kept.has(id) ? [] : [id])));
  if (left.length === chosen.length) {
    return { split: { ...told, sha256: whole.sha256, count: whole.count }, rows: left, others };
  }
  const split: Split = {
    name: `${told.name}, ${left.length} of ${chosen.length} not trained on`,
    sha256: await labelHash(left),
    count: left.length,
    standing: told.standing === "no official part" ? told.standing : "not an official part",
  };
  return { split, rows: left, others };
}

/** Of protocols that any folder answers to: where it has no parts ("all"), the folder's own name tells which pictures were scored. */
export const anyFolderName = (part: string, folder: string): string =>
  part === "all" ? (/[\w-][^/\\]*(?=[/\\]*$)/.exec(folder)?.[0] ?? part) : part;

async function wholeOf(rows: readonly PartRow[]): Promise<WholePart> {
  const classes: Record<string, number> = {};
  for (const { className } of rows) if (className !== undefined) classes[className] = (classes[className] ?? 0) + 1;
  return { count: rows.length, classes, sha256: await labelHash(rows) };
}

const labelHash = (rows: readonly PartRow[]): Promise<string> =>
  sha256(
    rows
      .map(({ id, key = id, label }) => `${[key, ...label].join(",")}\n`)
      .sort()
      .join(""),
  );

const byId = (a: PartRow, b: PartRow): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

async function sha256(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
