import assert from "node:assert/strict";
import { test } from "node:test";
import { affectOfVotes } from "./affect-of-votes.ts";

// Expected values worked out by hand from the table of Russell and Mehrabian (1977).
// Columns: neutral happiness surprise sadness anger disgust fear contempt unknown NF.
const near = (votes: readonly number[], valence: number, arousal: number) => {
  const found = affectOfVotes(votes);
  assert.ok(Math.hypot(found[0] - valence, found[1] - arousal) < 1e-12, found.join());
};

test("one class has the table's values, neutral is the middle", () => {
  const table = [
    [0, 0],
    [0.81, 0.51],
    [0.4, 0.67],
    [-0.63, -0.27],
    [-0.51, 0.59],
    [-0.6, 0.35],
    [-0.64, 0.6],
  ] as const;
  for (const [i, [valence, arousal]] of table.entries()) {
    near(
      Array.from({ length: 10 }, (_, k) => (k === i ? 10 : 0)),
      valence,
      arousal,
    );
  }
});

test("several are weighted by their votes; a single vote, unknown and no face do not count", () => {
  near([4, 0, 0, 1, 3, 2, 0, 0, 0, 0], (3 * -0.51 + 2 * -0.6) / 9, (3 * 0.59 + 2 * 0.35) / 9);
  near([0, 5, 0, 0, 0, 0, 0, 0, 3, 2], 0.81, 0.51);
});

test("contempt is left out up to half of what counts, and leaves nothing above", () => {
  near([0, 5, 0, 0, 0, 0, 0, 5, 0, 0], 0.81, 0.51);
  near([0, 2, 0, 0, 0, 2, 0, 4, 2, 0], (0.81 - 0.6) / 2, (0.51 + 0.35) / 2);
  for (const votes of [
    [0, 4, 0, 0, 0, 0, 0, 5, 1, 0],
    [0, 0, 0, 0, 0, 0, 0, 10, 0, 0],
    [1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    [0, 0, 0, 0, 0, 0, 0, 0, 5, 5],
  ]) {
    assert.deepEqual(affectOfVotes(votes), [Number.NaN, Number.NaN]);
  }
});
