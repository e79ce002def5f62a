import type { Told } from "@foveajs/vision";
import type { DownloadProgress } from "../engine/download.ts";
import type { FaceEngine } from "../engine/face-engine.ts";
import { openFacePipeline } from "../engine/open-face-pipeline.ts";
import type { Withheld } from "../engine/purpose.ts";
import { failureOf } from "./failure.ts";
import type { Failure } from "./result.ts";

/** How far the engine of the page is. */
export type EngineState =
  | { readonly kind: "closed" | "ready" }
  | { readonly kind: "opening"; readonly progress: DownloadProgress | undefined }
  | { readonly kind: "failed"; readonly error: Failure };

let state = $state.raw<EngineState>({ kind: "closed" });
let told = $state.raw<readonly Told[] | undefined>();
let withheld = $state.raw<Withheld | undefined>();

/** The engine as the page shows it. */
export const engine = {
  get state(): EngineState {
    return state;
  },
  /** What is told of every face; known when the engine is open. */
  get told(): readonly Told[] | undefined {
    return told;
  },
  /** Readings that the server does not tell; known when the engine is open. */
  get withheld(): Withheld | undefined {
    return withheld;
  },
};

/** Opens the engine, or gives the one that is open; its progress and failure can be seen in `engine`. */
export async function openEngine(): Promise<FaceEngine> {
  if (state.kind !== "ready") state = { kind: "opening", progress: undefined };
  try {
    const opened = await openFacePipeline({
      onProgress: (progress) => {
        state = { kind: "opening", progress };
      },
    });
    state = { kind: "ready" };
    told = opened.told;
    withheld = opened.withheld;
    return opened;
  } catch (thrown) {
    state = { kind: "failed", error: failureOf(thrown) };
    throw thrown;
  }
}
