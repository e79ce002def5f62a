import { imageOf } from "@foveajs/vision";

/** Frames of one capture, and the time between two: they belong together, so that no split parts them. */
const [FRAMES, PAUSE_MS] = [20, 150];

const camera = document.querySelector("#camera");
const rows = [];

/** The pictures of all classes that have a name, as `trainInMemory` takes them. */
export const givenClasses = () =>
  Object.fromEntries(rows.filter(({ name }) => name.value).map(({ name, pictures }) => [name.value, pictures]));

/** Adds a class that is filled by files or by the camera. */
export function addClass(value = "", pictures = []) {
  const row = document.querySelector("#class").content.firstElementChild.cloneNode(true);
  const [name, files, capture] = ["name", "pictures", "capture"].map((part) => row.querySelector(`[name=${part}]`));
  const told = row.querySelector("output");
  const count = () => {
    told.textContent = `${pictures.length} pictures`;
  };
  name.value = value;
  files.addEventListener("change", () => {
    pictures.push(...files.files);
    count();
  });
  capture.addEventListener("click", async () => {
    try {
      await captureInto(pictures, count);
    } catch (error) {
      told.textContent = error.message;
    }
  });
  rows.push({ name, pictures });
  document.querySelector("#classes").append(row);
  count();
}

async function captureInto(pictures, count) {
  camera.srcObject ??= await navigator.mediaDevices.getUserMedia({ video: { width: 640 } });
  camera.hidden = false;
  await camera.play();
  const group = `capture at ${Date.now()}`;
  for (let frame = 0; frame < FRAMES; frame++) {
    pictures.push({ picture: await imageOf(camera), group });
    count();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
