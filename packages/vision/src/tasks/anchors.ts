import type { InputSize } from "./task.ts";

/** One cell of a level of the pyramid: its centre in pixels of the input and the level's stride. */
export interface Cells {
  readonly count: number;
  /** [count] each. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly stride: Float32Array;
  /** First cell, columns and rows of every level. */
  readonly levels: readonly {
    readonly first: number;
    readonly columns: number;
    readonly rows: number;
    readonly stride: number;
  }[];
}

/** All cells of an input, level after level, row after row. */
export function cellsOf({ width, height }: InputSize, strides: readonly number[]): Cells {
  let count = 0;
  const levels = strides.map((stride) => {
    const level = { first: count, columns: Math.ceil(width / stride), rows: Math.ceil(height / stride), stride };
    count += level.columns * level.rows;
    return level;
  });
  const cells = {
    count,
    x: new Float32Array(count),
    y: new Float32Array(count),
    stride: new Float32Array(count),
    levels,
  };
  for (const { first, columns, rows, stride } of levels) {
    for (let index = 0; index < columns * rows; index++) {
      cells.x[first + index] = ((index % columns) + 0.5) * stride;
      cells.y[first + index] = (Math.floor(index / columns) + 0.5) * stride;
      cells.stride[first + index] = stride;
    }
  }
  return cells;
}
