import { setSessionLocation } from "@foveajs/graph";
import {
  forgetExamples,
  imageOf,
  loadModel,
  probabilitiesOf,
  setCodecLocation,
  storedExamples,
  trainInMemory,
} from "@foveajs/vision";
import { addClass, givenClasses } from "./classes.js";
import { showFaces } from "./faces.js";

setSessionLocation("ort/");
setCodecLocation("codecs/");

const part = (id) => document.querySelector(`#${id}`);
const tell = (id, error) => {
  part(id).textContent = [error.message, error.help].filter(Boolean).join("\n");
};

part("photo").addEventListener("change", ({ target }) => showFaces(target.files[0]));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer.files;
  if (file) showFaces(file);
});

let controller;
let model;

/** Trains on the classes of the page, or goes on with those of the run that is kept. */
async function train(options) {
  controller = new AbortController();
  part("train").disabled = true;
  part("stop").disabled = false;
  part("progress").textContent = "Looking at the pictures ...";
  try {
    await show(await trainInMemory({ ...options, onEvent: showEvent, signal: controller.signal }));
  } catch (error) {
    tell("progress", error);
  } finally {
    part("train").disabled = false;
    part("stop").disabled = true;
  }
}

function showEvent(event) {
  if (event.type !== "step") return;
  const { step, steps, loss, seconds_left: left } = event;
  part("progress").textContent = `step ${step} of ${steps}, loss ${loss.toFixed(3)}, ${Math.ceil(left)} s left`;
}

async function show({ bytes, metrics }) {
  await model?.dispose();
  model = await loadModel(bytes, { name: "your model" });
  const right = Math.round(100 * metrics["class/accuracy"]);
  part("progress").textContent = `Done: ${right} % of the pictures that were held out are right.`;
  part("try").disabled = false;
  const link = part("download");
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = "examples.onnx";
  link.hidden = false;
}

part("add").addEventListener("click", () => addClass());
part("train").addEventListener("click", () =>
  train({ classes: givenClasses(), minutes: Number(part("minutes").value) }),
);
part("stop").addEventListener("click", () => controller?.abort());
part("forget").addEventListener("click", async () => {
  await forgetExamples();
  location.reload();
});
part("try").addEventListener("change", async ({ target }) => {
  try {
    const { outputs } = await model.run([await imageOf(target.files[0])]);
    const [task] = model.card.tasks;
    const shares = probabilitiesOf(outputs[task.name].data, task);
    part("answer").textContent = task.labels
      .map((label, i) => `${label}: ${(100 * shares[i]).toFixed(1)} %`)
      .join("\n");
  } catch (error) {
    tell("answer", error);
  }
});

const stored = await storedExamples();
for (const [name, pictures] of stored?.examples ?? []) {
  addClass(
    name,
    pictures.map(({ image, group }) => ({ picture: image, group })),
  );
}
if (!stored) for (const _ of [1, 2]) addClass();
// a run that was interrupted goes on where it stood; one that has ended gives its model
if (stored) await train({ start: "resume" });
