import { ferPlusClasses } from "./fer-plus.ts";

/** Valence and arousal, each -1 to 1. */
export type Affect = readonly [valence: number, arousal: number];

/**
 * Pleasure and arousal of emotion words: Russell and Mehrabian, Evidence for a three-factor theory of emotions, Journal of Research in
 * Personality 11 (1977), recalled and not checked against the paper; neutral is the middle by definition. Contempt is not in
 * it.
 */
const affectOfClass: Readonly<Record<(typeof ferPlusClasses)[number], Affect | undefined>> = {
  neutral: [0, 0],
  happiness: [0.81, 0.51],
  surprise: [0.4, 0.67],
  sadness: [-0.63, -0.27],
  anger: [-0.51, 0.59],
  disgust: [-0.6, 0.35],
  fear: [-0.64, 0.6],
  contempt: undefined,
};

/**
 * Valence and arousal derived from the votes of FER+, never measured: the mean of the table's values, weighted by the votes for the
 * classes that it has. Votes for "unknown" and "not a face" do not count, nor does a single vote, which FER+ takes for an
 * outlier. Both are NaN where contempt has more than half of what counts, or nothing is left.
 */
export function affectOfVotes(votes: readonly number[]): Affect {
  let [total, placed, valence, arousal] = [0, 0, 0, 0];
  for (const [i, name] of ferPlusClasses.entries()) {
    const vote = votes[i]!;
    if (vote <= 1) continue;
    total += vote;
    const affect = affectOfClass[name];
    if (affect === undefined) continue;
    placed += vote;
    valence += vote * affect[0];
    arousal += vote * affect[1];
  }
  return placed < total / 2 || placed === 0 ? [Number.NaN, Number.NaN] : [valence / placed, arousal / placed];
}
