/** Where a face stands on the circumplex: shares of a square's side from its left and its top, 0 to 1. */
export interface CircumplexPlace {
  readonly x: number;
  readonly y: number;
}

/** The place of valence (to the right) and arousal (up), each -1 to 1; what lies beyond is put on the edge. */
export function circumplexPlace(valence: number, arousal: number): CircumplexPlace {
  const share = (value: number) => (Math.min(1, Math.max(-1, value)) + 1) / 2;
  return { x: share(valence), y: 1 - share(arousal) };
}
