/** A value that a step reads as input `name` and writes as output `next`; its session keeps it from step to step. */
export interface StateSlot {
  readonly name: string;
  readonly next: string;
  readonly shape: readonly number[];
}
