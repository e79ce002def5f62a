import { z } from "zod";
import { errors } from "../errors.ts";
import { streamOperation } from "../operation.ts";
import { type Compared, compareMetrics } from "./compare-metrics.ts";
import { type Comparison, comparisonSchema } from "./comparison.ts";
import { readResults, type SavedResult } from "./result-files.ts";
import { terminal } from "./schemas.ts";

/** Tells whether one saved result is better than another, or whether the difference is noise. */
export const compare = streamOperation({
  name: "compare",
  summary: "Compare two saved results of evaluate on the same split: which is better, or whether the gain is noise.",
  input: z.object({
    first: z
      .string()
      .min(1)
      .describe("saved lines of `evaluate --json`, or the file of `evaluate --outcomes`, which allows paired tests")
      .meta(terminal({ positional: true, value: "A" })),
    second: z
      .string()
      .min(1)
      .describe("the same of the other model")
      .meta(terminal({ positional: true, value: "B" })),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(0)
      .describe("of the paired bootstrap and permutations")
      .meta(terminal({ value: "N" })),
  }),
  output: comparisonSchema,
  async *run(input, { progress, signal }) {
    const [first, second] = await Promise.all([readResults(input.first), readResults(input.second)]);
    const pairs = pairsOf(first, second);
    for (const [done, pair] of pairs.entries()) {
      if (signal.aborted) throw errors.cancelled({ operation: "compare", done: `${done} of ${pairs.length} are done` });
      progress({ done, total: pairs.length, unit: "results", note: pair[0].mode });
      yield comparisonOf(pair, compareMetrics(pair[0], pair[1], { seed: input.seed }), input.seed);
    }
  },
});

type Pair = readonly [first: SavedResult, second: SavedResult];

/** Results of one protocol, mode and split, in the order of the first file; an error where none is of the same. */
function pairsOf(first: readonly SavedResult[], second: readonly SavedResult[]): Pair[] {
  const pairs = first.flatMap((result): Pair[] => {
    const other = second.find((candidate) => keyOf(candidate) === keyOf(result));
    return other === undefined ? [] : [[result, other]];
  });
  if (pairs.length > 0) return pairs;
  const [a, b] = [first[0]!, second[0]!];
  const what = (["protocol", "mode"] as const).find((key) => a[key] !== b[key]);
  throw errors["not-comparable"]({
    what: what ?? "split",
    first: what ? a[what] : splitText(a),
    second: what ? b[what] : splitText(b),
  });
}

const keyOf = ({ protocol, mode, split }: SavedResult): string => JSON.stringify([protocol, mode, split.sha256]);

const splitText = ({ split: { name, count, sha256 } }: SavedResult): string =>
  `${name} (${count} samples, ${sha256.slice(0, 12)})`;

function comparisonOf([first, second]: Pair, { units, metrics }: Compared, seed: number): Comparison {
  const { protocol, mode, split } = first;
  const model = ({ model: { name, sha256 } }: SavedResult) => ({ name, sha256 });
  return {
    protocol,
    mode,
    split,
    first: model(first),
    second: model(second),
    basis: units === undefined ? "intervals" : "paired",
    ...(units === undefined ? {} : { units }),
    metrics,
    seed,
  };
}
