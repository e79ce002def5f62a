import type { SceneFace } from "../data/scene-types.ts";
import type { Box } from "../image/image.ts";
import type { Cells } from "./anchors.ts";
import { classesOf, type Detection, type DetectionLabel } from "./detection-spec.ts";

/**
 * Which cells learn which object. A level takes objects of its sizes; of its cells those learn one whose centre is within
 * max(`least_radius` strides, 0.3 size) of the object's centre and below 1.5 strides (some two cells of the smallest object, seven of a large one); of two objects the nearer wins.
 * Returns positive [cells], weight of the score [cells] (0 where nothing may be said), box corners [4, cells],
 * points [2 * points, cells], weight of the points [cells] and, of several classes, their shares [classes, cells].
 */
export function assignCells(label: DetectionLabel | undefined, spec: Detection, cells: Cells): readonly Float32Array[] {
  const { count } = cells;
  const positive = new Float32Array(count);
  const weight = new Float32Array(count).fill(label ? 1 : 0);
  const box = new Float32Array(4 * count);
  const points = new Float32Array(2 * spec.points * count);
  const pointsWeight = new Float32Array(count);
  const classes = classesOf(spec);
  const shares = new Float32Array(classes * count);
  const targets = [positive, weight, box, points, pointsWeight, ...(classes > 0 ? [shares] : [])];
  if (!label) return targets;
  for (const area of label.ignore)
    forEachCellInside(cells, area, (cell) => {
      weight[cell] = 0;
    });
  const distances = new Float32Array(count).fill(Number.POSITIVE_INFINITY);
  for (const face of label.faces) {
    const corners = [face.box.x, face.box.y, face.box.x + face.box.width, face.box.y + face.box.height];
    forEachCellOf(cells, face, spec, (cell, distance) => {
      if (distance >= distances[cell]!) return;
      distances[cell] = distance;
      positive[cell] = 1;
      weight[cell] = 1;
      corners.forEach((corner, index) => {
        box[index * count + cell] = corner;
      });
      for (let index = 0; index < classes; index++) shares[index * count + cell] = index === face.class ? 1 : 0;
      pointsWeight[cell] = face.points?.length === spec.points && spec.points > 0 ? 1 : 0;
      if (pointsWeight[cell] === 0) return;
      face.points!.forEach(([x, y], index) => {
        points[2 * index * count + cell] = x;
        points[(2 * index + 1) * count + cell] = y;
      });
    });
  }
  return targets;
}

function forEachCellOf(
  cells: Cells,
  { box }: SceneFace,
  { sizes, least_radius: leastRadius }: Detection,
  visit: (cell: number, distance: number) => void,
): void {
  const size = Math.sqrt(box.width * box.height);
  const centreX = box.x + box.width / 2;
  const centreY = box.y + box.height / 2;
  cells.levels.forEach(({ first, columns, rows, stride }, level) => {
    const [smallest, largest] = sizes[level]!;
    if (size < smallest || size >= largest) return;
    const radius = Math.min(Math.max(leastRadius * stride, 0.3 * size), 1.5 * stride);
    for (
      let row = Math.max(0, Math.floor((centreY - radius) / stride));
      row < rows && row * stride <= centreY + radius;
      row++
    ) {
      for (
        let column = Math.max(0, Math.floor((centreX - radius) / stride));
        column < columns && column * stride <= centreX + radius;
        column++
      ) {
        const distance = Math.hypot((column + 0.5) * stride - centreX, (row + 0.5) * stride - centreY);
        // in strides, so that the levels of an object that two of them learn do not compete
        if (distance <= radius) visit(first + row * columns + column, distance / stride);
      }
    }
  });
}

function forEachCellInside(cells: Cells, area: Box, visit: (cell: number) => void): void {
  for (const { first, columns, rows, stride } of cells.levels) {
    const range = (start: number, length: number, extent: number) =>
      [
        Math.max(0, Math.ceil(start / stride - 0.5)),
        Math.min(extent - 1, Math.floor((start + length) / stride - 0.5)),
      ] as const;
    const [firstRow, lastRow] = range(area.y, area.height, rows);
    const [firstColumn, lastColumn] = range(area.x, area.width, columns);
    for (let row = firstRow; row <= lastRow; row++) {
      for (let column = firstColumn; column <= lastColumn; column++) visit(first + row * columns + column);
    }
  }
}
