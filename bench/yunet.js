import { createSession } from "@foveajs/graph";
import { overlapOf, preprocess } from "@foveajs/vision";

/**
 * YuNet n (Wu, Peng, Yu: "YuNet: A Tiny Millisecond-level Face Detector", 2023) as its authors run it: BGR bytes, longest side 640
 * without enlarging, sides padded to multiples of 32; score = sqrt(class * objectness), suppression at IoU 0.45.
 * Returns `detect(image, { threshold })`, which finds [{ box, score, points }], the strongest first.
 */
export async function createYunet(bytes, options) {
  const session = await createSession(bytes, options);
  return {
    async detect(image, { threshold }) {
      const { data, shape, toImage } = preprocess(image, INPUT);
      const outputs = await session.run({ input: { dtype: "float32", shape: [1, ...shape], data } });
      const found = STRIDES.flatMap((stride) => candidates(outputs, stride, shape[2] / stride, threshold));
      found.sort((a, b) => b.score - a.score);
      const kept = [];
      for (const candidate of found) {
        if (kept.every((other) => overlapOf(other.box, candidate.box) <= 0.45)) kept.push(candidate);
      }
      const [scaleX, scaleY] = [toImage[0], toImage[4]];
      return kept.map(({ box, score, points }) => ({
        score,
        box: scaled(box, scaleX, scaleY),
        points: points.map(([x, y]) => [x * scaleX, y * scaleY]),
      }));
    },
    dispose: () => session.dispose(),
  };
}

const STRIDES = [8, 16, 32];
const INPUT = {
  width: 640,
  height: 640,
  color: "bgr",
  fit: "limit",
  multiple: 32,
  filter: "bilinear",
  pad_value: 0,
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

function candidates(outputs, stride, columns, threshold) {
  const of = (name) => outputs[`${name}_${stride}`].data;
  const [classes, objects, boxes, marks] = [of("cls"), of("obj"), of("bbox"), of("kps")];
  const clip = (value) => Math.min(1, Math.max(0, value));
  const found = [];
  for (let cell = 0; cell < classes.length; cell++) {
    const score = Math.sqrt(clip(classes[cell]) * clip(objects[cell]));
    if (score < threshold) continue;
    const [dx, dy, dw, dh] = boxes.subarray(cell * 4, cell * 4 + 4);
    const [width, height] = [Math.exp(dw) * stride, Math.exp(dh) * stride];
    const x = ((cell % columns) + dx) * stride - width / 2;
    const y = (Math.floor(cell / columns) + dy) * stride - height / 2;
    const points = [0, 1, 2, 3, 4].map((point) => [
      ((cell % columns) + marks[cell * 10 + 2 * point]) * stride,
      (Math.floor(cell / columns) + marks[cell * 10 + 2 * point + 1]) * stride,
    ]);
    found.push({ score, box: { x, y, width, height }, points });
  }
  return found;
}

const scaled = ({ x, y, width, height }, scaleX, scaleY) => ({
  x: x * scaleX,
  y: y * scaleY,
  width: width * scaleX,
  height: height * scaleY,
});
