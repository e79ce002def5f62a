import { InferenceSession, Tensor } from "onnxruntime-node";
import { lower, portableTarget } from "../contract.test.support.ts";
import { writeOnnx } from "../format/write-onnx.ts";
import { createBuilder } from "../ops/build.ts";
import { appendGradient } from "./gradient.ts";

// A process of its own, since memory that was taken once is not given back: prints its peak in MB after one gradient of 16 layers
// y = tanh(w x) over two million numbers (8 MB), cut into as many segments as the argument says.
const SIZE = 2_000_000;
const build = createBuilder();
let x = build.expand(build.input("x", [1]), [SIZE]);
const names = Array.from({ length: 16 }, (_, layer) => `w${layer}`);
for (const name of names) x = build.tanh(build.mul(x, build.input(name, [1])));
const loss = build.reduceMean(x, { keepDims: false });
const segments = Number(process.argv[2]); // NaN for none
const recompute = Number.isNaN(segments) ? undefined : segments;
const gradients = appendGradient(build, { loss: loss.name, parameters: names, recompute });
for (const [name, value] of gradients) build.output(value, `gradient/${name}`);
// as sessions with state run: no optimiser, no planner of memory
const session = await InferenceSession.create(writeOnnx(lower(build.build(), portableTarget)), {
  graphOptimizationLevel: "disabled",
  enableMemPattern: false,
  intraOpNumThreads: 1,
});
const one = new Tensor("float32", Float32Array.of(0.9), [1]);
await session.run(Object.fromEntries(["x", ...names].map((name) => [name, one])));
process.stdout.write(String(Math.round(process.resourceUsage().maxRSS / 1024)));
