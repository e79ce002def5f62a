import { errors } from "../errors.ts";
import { writeOnnx } from "../format/write-onnx.ts";
import type { Graph } from "../ir/types.ts";
import { createBuilder } from "../ops/build.ts";
import type { StateSlot } from "../training/state.ts";
import type { Answer, SettledOptions } from "./messages.ts";
import { nodesAlone, refuseKnownFaults } from "./placement.ts";
import type { Session, SessionOptions, StatefulSession } from "./session.ts";
import { SessionThread, type StartThread } from "./thread.ts";

/** What Node's and the browser's half must give; the rest is shared. */
export interface Platform {
  readonly startThread: StartThread;
  /** Options with the device settled; what is not to be had here is an error. */
  readonly settle: (options: SessionOptions) => SettledOptions;
  /** Names of devices that may be here, for the error of one that is not. */
  readonly devices: readonly string[];
}

export async function openSession(
  platform: Platform,
  model: Graph | Uint8Array,
  options: SessionOptions,
): Promise<Session> {
  const settled = platform.settle(options);
  const { thread, created } = await openThread(platform, model, settled, []);
  return {
    device: settled.device,
    inputNames: created.inputNames,
    outputNames: created.outputNames,
    async run(feeds, runOptions) {
      return (await thread.request({ kind: "run", feeds }, "outputs", runOptions)).outputs;
    },
    dispose: () => thread.dispose(),
  };
}

export async function openStatefulSession(
  platform: Platform,
  model: Graph | Uint8Array,
  state: readonly StateSlot[],
  options: SessionOptions,
): Promise<StatefulSession> {
  const settled = platform.settle(options);
  const { thread } = await openThread(platform, model, settled, state);
  return {
    device: settled.device,
    async step(feeds, runOptions) {
      return (await thread.request({ kind: "step", feeds }, "outputs", runOptions)).outputs;
    },
    async read() {
      return (await thread.request({ kind: "read" }, "state")).state;
    },
    async write(values) {
      await thread.request({ kind: "write", state: values }, "done");
    },
    dispose: () => thread.dispose(),
  };
}

interface Opened {
  readonly thread: SessionThread;
  readonly created: Extract<Answer, { kind: "created" }>;
}

async function openThread(
  platform: Platform,
  model: Graph | Uint8Array,
  options: SettledOptions,
  state: readonly StateSlot[],
): Promise<Opened> {
  if (options.device === "webgpu") refuseKnownFaults(model, options.device);
  const bytes = model instanceof Uint8Array ? model : writeOnnx(model);
  const thread = new SessionThread(platform.startThread);
  try {
    const answer = await thread.ask({ kind: "create", model: bytes, copyModel: copyModel(), options, state });
    if (answer.kind === "created") return { thread, created: answer };
    if (answer.kind !== "failed") throw errors["runtime-failed"]({ message: `the thread answered "${answer.kind}"` });
    throw await errorOf(answer, { platform, thread, model, options });
  } catch (error) {
    await thread.dispose();
    throw error;
  }
}

interface Attempt {
  readonly platform: Platform;
  readonly thread: SessionThread;
  readonly model: Graph | Uint8Array;
  readonly options: SettledOptions;
}

async function errorOf(
  { because, message }: Extract<Answer, { kind: "failed" }>,
  { platform, thread, model, options }: Attempt,
): Promise<Error> {
  const { device } = options;
  if (because === "device") return errors["device-missing"]({ device, known: platform.devices.join(", "), message });
  if (because === "runtime") return errors["runtime-failed"]({ message });
  const nodes = nodesAlone(model);
  const { taken } = await thread.request({ kind: "try", models: nodes.map((node) => node.model), options }, "tried");
  const left = nodes.filter((_, index) => !taken[index]).map(({ label }) => label);
  return errors["operator-off-device"]({
    device,
    operators:
      left.length > 0 ? left.join(", ") : "operators that onnxruntime does not name, such as computations with shapes",
  });
}

/** y = x for any shape of float32. */
function copyModel(): Uint8Array {
  const build = createBuilder({ name: "copy" });
  build.output(build.node("Identity", [build.input("x", ["any"])], { outputs: ["y"] }));
  const graph = build.build();
  const free = <Info extends object>(infos: readonly Info[]) => infos.map((info) => ({ ...info, shape: undefined }));
  return writeOnnx({ ...graph, inputs: free(graph.inputs), outputs: free(graph.outputs) });
}
