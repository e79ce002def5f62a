/**
 * Prepares vectors [U][V] (the states of units, mostly zeros) for weighted sums: the result maps counts [U] to
 * Σ_u counts[u] · vectors[u], a vector [V]. Shorter vectors count as filled up with zeros.
 */
export function weightedSums(vectors: readonly ArrayLike<number>[]): (counts: ArrayLike<number>) => Float64Array {
  const length = vectors.reduce((longest, vector) => Math.max(longest, vector.length), 0);
  const units: number[] = [];
  const cells: number[] = [];
  const values: number[] = [];
  vectors.forEach((vector, unit) => {
    for (let cell = 0; cell < vector.length; cell++) {
      if (vector[cell] === 0) continue;
      units.push(unit);
      cells.push(cell);
      values.push(vector[cell]!);
    }
  });
  const [packedUnits, packedCells, packedValues] = [
    Uint32Array.from(units),
    Uint32Array.from(cells),
    Float64Array.from(values),
  ];
  return (counts) => {
    const sums = new Float64Array(length);
    for (let i = 0; i < packedValues.length; i++) {
      sums[packedCells[i]!]! += counts[packedUnits[i]!]! * packedValues[i]!;
    }
    return sums;
  };
}
