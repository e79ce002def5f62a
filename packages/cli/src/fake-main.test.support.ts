import { createNodeContext, type FacePipeline, nodeParts, type Parts, type TrainingEvent } from "@foveajs/operations";
import { runProcess } from "./process.ts";

// The command line over parts that need no model: every image is 100 x 80; the file's first byte is its number of faces;
// "x" is an image that does not decode; "s" takes ten seconds.
const scores = { neutral: 0.05, happiness: 0.92, surprise: 0.03 };
const face = {
  box: { x: 10.126, y: 20, width: 30, height: 40 },
  score: 0.98765,
  points: { left_eye: [20, 30], right_eye: [32, 30], nose: [26, 38], left_mouth: [21, 48], right_mouth: [31, 48] },
  landmarks: [
    [20, 30],
    [32.004, 30],
  ],
  readings: {
    expression: { label: "happiness", scores },
    smile: { label: "yes", scores: { no: 0.25, yes: 0.75 } },
  },
  values: { valence: 0.61234, arousal: -0.2 },
  eyes: {
    eye: {
      left: { label: "open", scores: { closed: 0.1, open: 0.9 } },
      right: { label: "closed", scores: { closed: 0.8, open: 0.2 } },
    },
  },
} as const;

const told: FacePipeline["told"] = [
  { kind: "class", name: "expression", labels: Object.keys(scores), of: "face" },
  { kind: "class", name: "smile", labels: ["no", "yes"], of: "face" },
  { kind: "value", name: "valence" },
  { kind: "value", name: "arousal" },
  { kind: "landmarks", name: "landmarks", count: 2 },
  { kind: "class", name: "eye", labels: ["closed", "open"], of: "eyes" },
];

const parts: Parts = {
  ...nodeParts,
  decodeImage: async (bytes, { name }) => {
    const first = String.fromCharCode(bytes[0] ?? 0);
    if (first === "x") throw new Error(`${name} is no image`);
    if (first === "s") await new Promise((resolve) => setTimeout(resolve, 10_000));
    return { width: 100, height: 80, order: "gray", data: new Uint8Array(8000).fill(Number(first)) };
  },
  createFacePipeline: async () => ({
    device: "fake, 1 thread",
    told,
    analyze: async ({ data }) => Array.from({ length: data[0] ?? 0 }, () => face),
    dispose: async () => {},
  }),
  encodeImage: async (image, { format }) => new TextEncoder().encode(`${format} ${image.width} x ${image.height}`),
  readCard: async (path) => {
    if (path.endsWith("cut.onnx")) throw new Error("the file is cut short");
    return {
      summary: "A made-up model.",
      tasks: [{ name: "expression", kind: "classification", labels: Object.keys(scores) }],
      licence: "Apache-2.0",
      sources: [{ name: "made up", licence: "CC0" }],
      results: [{ data: "made up", metric: "accuracy", value: 0.5 }],
    };
  },
  verifyModel: async (path) => ({ matches: !path.endsWith("off.onnx"), largestDifference: 1e-3, tolerance: 1e-4 }),
  runtime: async () => ({ version: "1.2.3", providers: [{ name: "cpu", bundled: true }], device: "fake, 1 thread" }),
  train: async function* ({ recipe, start, signal }): AsyncGenerator<TrainingEvent> {
    if (recipe === "missing") throw new Error("no such recipe");
    if (typeof recipe !== "string") {
      const notes = [
        { what: "size", value: "64 pixels", why: "the time allows it" },
        { what: "epochs", value: "9", why: "so" },
      ];
      const skipped = ["a.jpg", "b.jpg"].map((picture) => ({ picture, reason: "it is empty" }));
      yield { type: "proposal", recipe: "runs/pets/recipe.yaml", notes, skipped };
    }
    const place = { steps: 2, epoch: 1, epochs: 1 };
    const rest = { parameters: 1234, samples: { train: 10, valid: 5 }, device: "fake", seed: 0 };
    yield { type: "start", run: `runs/${start}`, step: 0, ...place, ...rest };
    const loss = { loss: 0.5, losses: { expression: 0.5 }, images_per_second: 100, seconds_left: 1 };
    yield { type: "step", step: 1, ...place, ...loss, learning_rate: 0.1 };
    while (recipe === "endless" && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 10));
    yield { type: "checkpoint", step: 1, path: "runs/x/checkpoint" };
    if (signal.aborted) throw new Error("stopped");
    yield { type: "epoch", step: 2, ...place, ...loss, metrics: { "expression/accuracy": 0.75 }, seconds: 1 };
    yield { type: "done", step: 2, seconds: 2, model: "runs/x/x.onnx", sha256: "ab".repeat(32), metrics: {} };
  },
};

await runProcess({ createContext: (edge) => createNodeContext({ ...edge, parts, folders: [] }) });
