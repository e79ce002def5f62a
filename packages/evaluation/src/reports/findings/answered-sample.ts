import type { MultitaskAnswer, MultitaskTruth } from "../../protocols/protocol.ts";

/** One face with what is labelled and what was told of it, null for one that was missed. */
export interface AnsweredSample {
  readonly id: string;
  readonly truth: MultitaskTruth;
  readonly answer: MultitaskAnswer | null;
}
