import { asFoveaError, FoveaError } from "@foveajs/errors";
import { createSession, readOnnx, type Session, type SessionOptions, type Tensor } from "@foveajs/graph";
import { stackSamples } from "../data/batch.ts";
import { errors } from "../errors.ts";
import type { Image } from "../image/image.ts";
import { type ModelInput, preprocess } from "../image/preprocess.ts";
import { type ModelCard, readCard } from "./card.ts";

/** Bytes of a model's file and the name that messages give it. */
export interface ModelBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Opens the session of a model on another machine; undefined for a model that runs here. */
export type OpenSession = (model: ModelBytes, options: SessionOptions) => Promise<Session> | undefined;

export interface LoadOptions extends SessionOptions {
  /** Where models are run; in this process when absent. */
  readonly openSession?: OpenSession;
}

/** A model that is ready: its card and its session. */
export interface Model {
  readonly card: ModelCard;
  readonly session: Session;
  /** Outputs for pictures whose inputs have one size, [pictures, ...] each, with their inputs. */
  run(
    images: readonly Image[],
    options?: { signal?: AbortSignal },
  ): Promise<{ outputs: Readonly<Record<string, Tensor>>; inputs: readonly ModelInput[] }>;
  dispose(): Promise<void>;
}

/** Opens a model from the bytes of its file; `name` is for messages. */
export async function loadModel(
  bytes: Uint8Array,
  { name, openSession, ...options }: LoadOptions & { name: string },
): Promise<Model> {
  const card = readModelCard(bytes, name);
  const session = await (openSession?.({ name, bytes }, options) ?? createSession(bytes, options));
  return {
    card,
    session,
    async run(images, { signal } = {}) {
      const inputs = images.map((image) => preprocess(image, card.preprocessing));
      const outputs = await session.run({ image: stack(inputs) }, { transfer: true, ...(signal ? { signal } : {}) });
      return { outputs, inputs };
    },
    dispose: () => session.dispose(),
  };
}

/** The card in the bytes of a model's file; errors name the file. */
export function readModelCard(bytes: Uint8Array, name: string): ModelCard {
  try {
    return readCard(readOnnx(bytes), name);
  } catch (thrown) {
    const { code, kind, message, help } = asFoveaError(thrown);
    throw new FoveaError({
      code,
      kind,
      help,
      cause: thrown,
      message: message.includes(name) ? message : `${name}: ${message}`,
    });
  }
}

function stack(inputs: readonly ModelInput[]): Tensor {
  const [first] = inputs;
  if (!first) throw errors["image-argument"]({ where: "images", expected: "at least one picture", received: "none" });
  const other = inputs.find(({ shape }) => shape.join() !== first.shape.join());
  if (other) {
    const received = `${first.shape.join("x")} and ${other.shape.join("x")}`;
    throw errors["image-argument"]({ where: "images", expected: "pictures whose inputs have one size", received });
  }
  return stackSamples(
    inputs.map(({ data }) => data),
    first.shape,
  );
}
