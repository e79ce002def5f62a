import { createFacePipeline, imageOf } from "@foveajs/vision";

const found = document.querySelector("#faces");
const canvas = document.querySelector("#drawing");

/** The pipeline is opened with the first photo: until then nothing of it is fetched. */
let pipeline;

const model = async (name) => {
  const response = await fetch(`models/${name}`);
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
};

const open = async () =>
  createFacePipeline({ detector: await model("face-detector.onnx"), reader: await model("expression.onnx") });

/** Finds the faces of a file, draws them and tells what they show. */
export async function showFaces(file) {
  found.textContent = "Looking ...";
  try {
    pipeline ??= open();
    const image = await imageOf(file, { name: file.name });
    const faces = await (await pipeline).analyze(image);
    draw(image, faces);
    found.textContent = faces.length === 0 ? "No face." : faces.map(lineOf).join("\n");
  } catch (error) {
    pipeline = undefined;
    found.textContent = [error.message, error.help].filter(Boolean).join("\n");
  }
}

const lineOf = ({ box, score, readings }) => {
  const told = Object.values(readings).map(({ label, scores }) => `${label} ${Math.round(100 * scores[label])} %`);
  return `face at ${Math.round(box.x)}, ${Math.round(box.y)}, score ${score.toFixed(2)}: ${told.join(", ")}`;
};

function draw({ width, height, data }, faces) {
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(width, height);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    pixels.data.set([data[from], data[from + 1], data[from + 2], 255], to);
  }
  context.putImageData(pixels, 0, 0);
  context.lineWidth = Math.max(2, width / 200);
  context.strokeStyle = context.fillStyle = "#00d060";
  for (const { box, points } of faces) {
    context.strokeRect(box.x, box.y, box.width, box.height);
    for (const [x, y] of Object.values(points)) context.fillRect(x - 2, y - 2, 4, 4);
  }
}
