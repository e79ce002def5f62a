/**
 * Two samples as one, the first with this share: Zhang et al., "mixup: Beyond Empirical Risk Minimization", ICLR 2018, section 2.
 * A sample is its picture, then for each task the values of its labels and how much they count (one number for all, or one each);
 * what does not count has no part in the mixed label. Losses that are linear in the label are then mixed in the same shares.
 */
export function mixed(
  [picture, ...targets]: readonly Float32Array[],
  [otherPicture, ...otherTargets]: readonly Float32Array[],
  share: number,
): Float32Array[] {
  const between = (a: number, b: number) => share * a + (1 - share) * b;
  const mixedTargets: Float32Array[] = [];
  for (let at = 0; at < targets.length; at += 2) {
    const [values, counts, otherValues, otherCounts] = [
      targets[at]!,
      targets[at + 1]!,
      otherTargets[at]!,
      otherTargets[at + 1]!,
    ];
    const weights = counts.map((count, index) => between(count, otherCounts[index]!));
    const ofValue = (all: Float32Array, index: number) => all[all.length === 1 ? 0 : index]!;
    mixedTargets.push(
      values.map((value, index) => {
        const weight = ofValue(weights, index);
        const sum = between(value * ofValue(counts, index), otherValues[index]! * ofValue(otherCounts, index));
        return weight === 0 ? value : sum / weight;
      }),
      weights,
    );
  }
  return [picture!.map((value, index) => between(value, otherPicture![index]!)), ...mixedTargets];
}
