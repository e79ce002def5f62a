/** Logits of an answer that only names a class, by its number: softmax gives 1 for it and 0 for the others. */
export const logitsOfNamed = (named: number | undefined, classes: number): Float64Array =>
  Float64Array.from({ length: classes }, (_, c) => (c === named ? 0 : Number.NEGATIVE_INFINITY));
