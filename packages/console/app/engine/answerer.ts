import { asFoveaError } from "@foveajs/errors";
import type { DownloadProgress } from "./download.ts";
import type { EngineCall, EngineCalls, FromEngine, ToEngine } from "./messages.ts";

/** What a call is answered by: its request, whether someone still waits, and where progress is told. */
export type Answering = {
  readonly [Call in EngineCall]: (
    request: EngineCalls[Call]["request"],
    options: { readonly signal: AbortSignal; readonly onProgress: (progress: DownloadProgress) => void },
  ) => Promise<EngineCalls[Call]["answer"]>;
};

/** The worker's half of a caller: takes messages, gives back answers and failures. */
export function createAnswerer(answers: Answering, give: (message: FromEngine) => void): (message: ToEngine) => void {
  const running = new Map<number, AbortController>();
  return (message) => {
    if (message.type === "cancel") return running.get(message.id)?.abort();
    const { id, call, request } = message;
    const controller = new AbortController();
    running.set(id, controller);
    const options = {
      signal: controller.signal,
      onProgress: (progress: DownloadProgress) => give({ type: "progress", id, progress }),
    };
    const answered = (answers[call] as (request: unknown, given: typeof options) => Promise<never>)(request, options);
    answered
      .then(
        (answer) => give({ type: "answer", id, answer }),
        (thrown: unknown) => {
          const { code, kind, message: text, help } = asFoveaError(thrown);
          give({ type: "failure", id, error: { code, kind, message: text, help } });
        },
      )
      .finally(() => running.delete(id));
  };
}
