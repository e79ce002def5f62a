import type { ErrorKind, FoveaError } from "@foveajs/errors";
import type { Config } from "../config/config.ts";
import type { Answer, Job, Stages } from "./jobs.ts";

/** What a worker is told at its start. */
export interface WorkerSetup {
  /** Folder looked through before the usual ones. */
  readonly models: string | undefined;
  readonly threads: number;
  readonly remotes: Config["remotes"];
  readonly card_remotes: Config["card_remotes"];
  readonly pixels: number;
  readonly faces: number;
  /** Models opened before the first request; those that cannot be are left to the request that needs them. */
  readonly warm: boolean;
}

/** To a worker. */
export type Order =
  | { readonly type: "run"; readonly jobs: readonly { readonly id: number; readonly job: Job }[] }
  | { readonly type: "cancel"; readonly id: number };

/** To a worker at last: it closes what it has open and ends by itself. */
export interface LastOrder {
  readonly type: "end";
}

/** An error as it crosses between threads. */
export interface SentError {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly message: string;
  readonly help: string;
}

/** From a worker. */
export type Report =
  | { readonly type: "ready" }
  | { readonly type: "answer"; readonly id: number; readonly answer: Answer; readonly stages: Stages }
  | { readonly type: "failure"; readonly id: number; readonly error: SentError };

export const sentError = ({ code, kind, message, help }: FoveaError): SentError => ({ code, kind, message, help });
