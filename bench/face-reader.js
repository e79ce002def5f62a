// Bench: the reader of faces beside other networks on the same kept-out pictures: 68 points, five points, head pose, smile, glasses.
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { createSession } from "@foveajs/graph";
import {
  alignFace,
  applyAffine,
  createFacePipeline,
  createRandom,
  faceGeometry,
  faceTransform,
  fiveOf,
  fivePointsOf68,
  invertAffine,
  loadModel,
  openDataset,
  pointSchemes,
  pointsOf,
  preprocess,
  probabilitiesOf,
  splitByGroup,
} from "@foveajs/vision";
import { environment, tableText } from "./harness.js";
import { createYunet } from "./yunet.js";

const usage = `usage: npm run bench -- face-reader [--data DIR] [--models DIR] [--json]

The tenth of mtfl and of landmarks68 that the recipe holds out by photograph. "direct": the face is cut out by its labelled points, each
moved by up to 6 % of the face's size with --jitter. "whole": the picture goes through detector and reader; errors are over faces found.`;

/** As in recipes/face-reader/recipe.yaml: hold_out and seed. */
const HELD_OUT = 0.1;
const SEED = 0;
/** Yaw in degrees from which FSA-Net is taken to mean left or right, and profile; placed between the classes on training pictures. */
const YAW = { turned: 20, profile: 48 };

async function main() {
  const { values } = parseArgs({
    options: {
      data: { type: "string", default: "../shared/data" },
      models: { type: "string", default: "../shared/models" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return process.stdout.write(`${usage}\n`);
  const marked = await heldOut("landmarks68", values.data);
  const mtfl = await heldOut("mtfl", values.data);
  const rows = [];
  for (const open of [fovea(0), fovea(0.06), foveaWhole, pfld, mesh, yunet, fsanet]) {
    const subject = await open(values.models).catch((error) => {
      process.stderr.write(`left out: ${error.message}\n`);
    });
    if (!subject) continue;
    rows.push({ bench: "face-reader", engine: subject.name, ...(await measure(subject, marked, mtfl)) });
    await subject.dispose();
  }
  if (values.json) for (const row of rows) process.stdout.write(`${JSON.stringify({ ...row, ...environment() })}\n`);
  else process.stdout.write(`percent\n${tableText(rows.map(inPercent), columns)}\n`);
}

const columns = [
  ["engine", "engine"],
  ["nme", "68: NME"],
  ["failures", "failures"],
  ["contour", "contour"],
  ["inner", "inner"],
  ["five", "mtfl five"],
  ["five_failures", "failures"],
  ["pose", "pose"],
  ["pose_balanced", "balanced"],
  ["smile", "smile"],
  ["glasses", "glasses"],
  ["missed", "missed"],
];

const inPercent = ({ missed, ...row }) => ({
  ...Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, typeof value === "number" ? 100 * value : value]),
  ),
  missed: String(missed),
});

async function heldOut(name, folder) {
  const dataset = await openDataset(name, path.join(folder, name));
  const train = dataset.samples.filter(({ split }) => split === "train");
  const samples = splitByGroup(train, { fractions: { train: 1 - HELD_OUT, valid: HELD_OUT }, seed: SEED });
  return { dataset, samples: samples.filter(({ split }) => split === "valid") };
}

/** What a subject tells of a face: points68, five, pose, smile, glasses; what it does not tell is absent; null for a face that is missed. */
async function measure(subject, marked, mtfl) {
  const sums = { errors: [], contour: [], inner: [], five: [], pose: [], smile: [], glasses: [], missed: 0 };
  const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  for (const sample of marked.samples) {
    const truth = sample.labels.landmarks68.points;
    const told = await subject.read(await marked.dataset.load(sample), fivePointsOf68(truth));
    if (told === null) sums.missed += 1;
    if (!told?.points68) continue;
    const { eyes } = pointSchemes.ibug68;
    const scale = distance(truth[eyes[0]], truth[eyes[1]]);
    const errors = truth.map((point, index) => distance(point, told.points68[index]) / scale);
    sums.errors.push(mean(errors));
    sums.contour.push(mean(errors.slice(0, 17)));
    sums.inner.push(mean(errors.slice(17)));
  }
  for (const sample of mtfl.samples) {
    const truth = sample.labels.landmarks5.points;
    const told = await subject.read(await mtfl.dataset.load(sample), truth);
    if (told === null) sums.missed += 1;
    if (!told) continue;
    if (told.five)
      sums.five.push(
        mean(truth.map((point, index) => distance(point, told.five[index]))) / distance(truth[0], truth[1]),
      );
    for (const [name, task] of [
      ["pose", "head_pose"],
      ["smile", "smile"],
      ["glasses", "glasses"],
    ]) {
      const label = sample.labels[task];
      if (told[name] !== undefined && label)
        sums[name].push({ told: told[name], truth: mtfl.dataset.classes[task][label.index] });
    }
  }
  const share = (list, isOne) => (list.length === 0 ? undefined : mean(list.map((one) => (isOne(one) ? 1 : 0))));
  const right = ({ told, truth }) => told === truth;
  const poses = mtfl.dataset.classes.head_pose.map((name) => sums.pose.filter(({ truth }) => truth === name));
  return {
    nme: mean(sums.errors),
    failures: share(sums.errors, (error) => error > 0.1),
    contour: mean(sums.contour),
    inner: mean(sums.inner),
    five: mean(sums.five),
    five_failures: share(sums.five, (error) => error > 0.1),
    pose: share(sums.pose, right),
    pose_balanced:
      sums.pose.length === 0
        ? undefined
        : mean(poses.filter((list) => list.length > 0).map((list) => share(list, right))),
    smile: share(sums.smile, right),
    glasses: share(sums.glasses, right),
    missed: sums.missed,
    faces68: sums.errors.length,
    faces5: sums.five.length,
  };
}

const mean = (values) =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Our reader on crops by the labelled points, each point moved at random by up to `jitter` sizes of the face. */
const fovea = (jitter) => async () => {
  const model = await loadModel(readFileSync("models/face-reader.onnx"), { name: "face-reader", threads: 1 });
  const { card } = model;
  const task = (name) => card.tasks.find((one) => one.name === name);
  const random = createRandom("jitter");
  return {
    name: jitter === 0 ? "fovea face-reader, direct" : "fovea face-reader, direct, jittered",
    async read(image, points) {
      const { size } = faceGeometry(points);
      const moved = points.map(([x, y]) => [
        x + random.uniform(-jitter, jitter) * size,
        y + random.uniform(-jitter, jitter) * size,
      ]);
      const crop = { width: card.preprocessing.width, height: card.preprocessing.height, framing: card.alignment };
      const { outputs } = await model.run([alignFace(image, moved, crop)]);
      const toPicture = invertAffine(faceTransform(moved, crop));
      const points68 = applyAffine(toPicture, pointsOf(outputs.landmarks.data, card.preprocessing));
      const label = (name) => {
        const shares = probabilitiesOf(outputs[name].data, task(name));
        return task(name).labels[shares.indexOf(Math.max(...shares))];
      };
      return {
        points68,
        five: fiveOf(points68, "ibug68"),
        pose: label("head_pose"),
        smile: label("smile"),
        glasses: label("glasses"),
      };
    },
    dispose: () => model.dispose(),
  };
};

/** Detector and reader on the whole picture: the face whose middle is nearest to the labelled one's. */
async function foveaWhole() {
  const model = (name) => ({ name, bytes: readFileSync(`models/${name}.onnx`) });
  const pipeline = await createFacePipeline({
    detector: model("face-detector"),
    reader: model("face-reader"),
    threads: 1,
  });
  return {
    name: "fovea, whole picture",
    async read(image, points) {
      const faces = await pipeline.analyze(image, { eyes: false });
      const face = nearest(faces, points, (one) => Object.values(one.points));
      if (!face) return null;
      const { landmarks, readings } = face;
      return {
        points68: landmarks,
        five: Object.values(face.points),
        pose: readings.head_pose?.label,
        smile: readings.smile?.label,
        glasses: readings.glasses?.label,
      };
    },
    dispose: () => pipeline.dispose(),
  };
}

/** The find whose five points lie nearest, within half the size of the face. */
function nearest(finds, points, fiveOfFind) {
  const { middle, size } = faceGeometry(points);
  const away = (find) => {
    const own = faceGeometry(fiveOfFind(find)).middle;
    return Math.hypot(own[0] - middle[0], own[1] - middle[1]) / size;
  };
  const [best] = finds.map((find) => ({ find, distance: away(find) })).sort((a, b) => a.distance - b.distance);
  return best && best.distance < 0.5 ? best.find : undefined;
}

/** A square crop around the face as its authors cut it, as bytes / scale - shift, CHW. */
function cropped(image, points, { side, width, above, roll, color, scale, mean: shift }) {
  const crop = { width: side, height: side, framing: { width, above, roll } };
  const { data, shape } = preprocess(alignFace(image, points, crop), {
    width: side,
    height: side,
    color,
    fit: "stretch",
    filter: "bilinear",
    multiple: 1,
    pad_value: 0,
    scale,
    mean: [shift, shift, shift],
    std: [1, 1, 1],
  });
  return {
    tensor: { dtype: "float32", shape: [1, ...shape], data },
    toPicture: invertAffine(faceTransform(points, crop)),
  };
}

/** landmarks_68_pfld: 112 pixels around 1.2 times the face's box (1.96 sizes high). */
async function pfld(models) {
  const session = await createSession(readFileSync(path.join(models, "landmarks-68/landmarks_68_pfld.onnx")), {
    threads: 1,
  });
  const view = { side: 112, width: 2.35, above: 0.08, roll: "keep", color: "rgb", scale: 1 / 255, mean: 0 };
  return {
    name: "landmarks_68_pfld",
    async read(image, points) {
      const { tensor, toPicture } = cropped(image, points, view);
      const { output } = await session.run({ input: tensor });
      const points68 = applyAffine(toPicture, pointsOf(output.data, { width: 112, height: 112 }));
      return { points68, five: fiveOf(points68, "ibug68") };
    },
    dispose: () => session.dispose(),
  };
}

/**
 * Points of the face mesh that stand for the 68: a correspondence in common use; those of the contour do not mean quite the same
 * (300-W follows the visible edge of the face, the mesh its surface), so its contour error is partly one of definition.
 */
const mesh68 = [
  162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389, 71, 63, 105, 66, 107, 336, 296,
  334, 293, 301, 168, 197, 5, 4, 75, 97, 2, 326, 305, 33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380, 61, 39,
  37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87,
];

/** MediaPipe's face mesh: 256 pixels, 1.5 times the long side of the face's box, eyes level. */
async function mesh(models) {
  const session = await createSession(readFileSync(path.join(models, "mediapipe-face/face_landmarks_detector.onnx")), {
    threads: 1,
  });
  const view = { side: 256, width: 2.94, above: 0.08, roll: "level", color: "rgb", scale: 1 / 255, mean: 0 };
  const [input] = session.inputNames;
  return {
    name: "mediapipe face mesh",
    async read(image, points) {
      const { tensor, toPicture } = cropped(image, points, view);
      const { Identity: output } = await session.run({ [input]: tensor });
      const points68 = applyAffine(
        toPicture,
        mesh68.map((index) => [output.data[3 * index], output.data[3 * index + 1]]),
      );
      return { points68, five: fiveOf(points68, "ibug68") };
    },
    dispose: () => session.dispose(),
  };
}

async function yunet(models) {
  const detector = await createYunet(readFileSync(path.join(models, "yunet/yunet_n_dynamic.onnx")), { threads: 1 });
  return {
    name: "YuNet, whole picture",
    async read(image, points) {
      const face = nearest(await detector.detect(image, { threshold: 0.5 }), points, (one) => one.points);
      return face ? { five: face.points } : null;
    },
    dispose: () => detector.dispose(),
  };
}

/** FSA-Net (two files averaged): 64 pixels of the face's box, BGR; yaw above 0 looks to the image left. */
async function fsanet(models) {
  const sessions = await Promise.all(
    ["fsanet-1x1-iter-688590.onnx", "fsanet-var-iter-688590.onnx"].map((file) =>
      createSession(readFileSync(path.join(models, "headpose-fsanet", file)), { threads: 1 }),
    ),
  );
  const view = { side: 64, width: 1.78, above: 0.08, roll: "keep", color: "bgr", scale: 1 / 128, mean: 127.5 / 128 };
  return {
    name: "FSA-Net",
    async read(image, points) {
      const { tensor } = cropped(image, points, view);
      const yaws = await Promise.all(
        sessions.map(async (session) => (await session.run({ input: tensor })).output.data[0]),
      );
      const yaw = mean(yaws);
      const side = yaw > 0 ? "left" : "right";
      if (Math.abs(yaw) < YAW.turned) return { pose: "frontal" };
      return { pose: Math.abs(yaw) < YAW.profile ? side : `${side}_profile` };
    },
    dispose: () => Promise.all(sessions.map((session) => session.dispose())),
  };
}

await main();
