import { errors } from "../errors.ts";
import type { VerificationTest } from "./protocol.ts";
import { cellError, cellOf, listed, numberOf, readTextTable, textOf } from "./text-table.ts";

/**
 * Reads similarities of pairs, one row a pair: `image_a` and `image_b` as the label file names the pictures, in either
 * order, and `similarity`, larger for surer the same; or `distance`, smaller for surer the same, which enters negated.
 * Empty where a face was missed. Rows of pairs that are not in the split are passed over where both pictures are of the release.
 */
export function readSimilarityPredictions(
  text: string,
  test: VerificationTest,
  file: string,
): ReadonlyMap<string, number | null> {
  const { columns, rows } = readTextTable(text, file, ["image_a", "image_b"]);
  const told = (["similarity", "distance"] as const).filter((name) => columns.includes(name));
  const [column] = told;
  if (column === undefined || told.length > 1) {
    throw errors["table-format"]({
      where: file,
      expected: 'one column "similarity" or "distance"',
      received: listed(columns),
    });
  }
  const pictures = new Set([...test.samples.map(({ id }) => id), ...test.others]);
  const pairs = new Map(
    test.pairs.flatMap(({ id, first, second }) =>
      [keyOf(first, second), keyOf(second, first)].map((key) => [key, id] as const),
    ),
  );
  const answers = new Map<string, number | null>();
  for (const row of rows) {
    const [a, b] = [textOf(row, "image_a"), textOf(row, "image_b")];
    for (const [name, picture] of [
      ["image_a", a],
      ["image_b", b],
    ] as const) {
      if (!pictures.has(picture)) throw cellError(row, name, "a picture of the pairs, named as in the label file");
    }
    const id = pairs.get(keyOf(a, b));
    if (id === undefined) continue;
    if (answers.has(id)) throw cellError(row, "image_a", "each pair once");
    const value = cellOf(row, column) === "" ? null : numberOf(row, column);
    answers.set(id, value === null || column === "similarity" ? value : -value);
  }
  const missing = test.pairs.filter(({ id }) => !answers.has(id));
  if (missing.length > 0) {
    throw errors["missing-rows"]({
      where: file,
      expected: test.pairs.length,
      missing: missing.length,
      first: missing[0]!.id,
    });
  }
  return answers;
}

const keyOf = (a: string, b: string): string => JSON.stringify([a, b]);
