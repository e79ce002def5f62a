import type { SentError } from "../inference/messages.ts";

/** What a thread is started with: one operation and its input. */
export interface OperationSetup {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** From the thread. */
export type OperationReport =
  | { readonly type: "result"; readonly result: unknown }
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly error: SentError };

/** To the thread: stop and save what there is. */
export interface OperationOrder {
  readonly type: "stop";
}
