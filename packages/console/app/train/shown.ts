import type { HeldOutExample } from "@foveajs/vision";
import { answerOf, suretyOf } from "./results.ts";
import type { Run } from "./run.ts";

/** A held-out picture with what the model said of it, ready to be shown. */
export interface ShownExample {
  readonly id: string;
  readonly name: string;
  /** Address of the small picture; undefined where it is gone. */
  readonly view: string | undefined;
  /** Names of its class and of the answer. */
  readonly own: string;
  readonly answer: string;
  /** 0 to 1. */
  readonly surety: number;
}

/** Held-out examples with the pictures that they are of. */
export const shownExamples = (
  examples: readonly HeldOutExample[],
  classes: Run["classes"],
  views: ReadonlyMap<string, string>,
): readonly ShownExample[] =>
  examples.map((example) => {
    const { name, pictures } = classes[example.class]!;
    const picture = pictures[example.at];
    const id = picture?.id ?? `${example.class}/${example.at}`;
    return {
      id,
      name: picture?.name ?? id,
      view: views.get(id),
      own: name,
      answer: classes[answerOf(example)]!.name,
      surety: suretyOf(example),
    };
  });
