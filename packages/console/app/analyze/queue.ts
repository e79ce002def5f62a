export interface QueueOptions<Item, Value> {
  readonly run: (item: Item, signal: AbortSignal) => Promise<Value>;
  readonly onDone: (item: Item, value: Value) => void;
  /** A failure ends its own item alone. */
  readonly onFailed: (item: Item, error: unknown) => void;
  readonly onChange: (state: QueueState) => void;
  readonly now: () => number;
}

export interface QueueState {
  readonly done: number;
  readonly total: number;
  readonly isRunning: boolean;
  /** Time for those that are done, since the queue was last empty, in milliseconds. */
  readonly elapsedMs: number;
}

/** Works off items one by one; more may come while it runs. */
export interface Queue<Item> {
  add(items: readonly Item[]): void;
  /** Gives up the item that runs and drops those that wait: given back, none of them is done. */
  cancel(): readonly Item[];
}

export function createQueue<Item, Value>({
  run,
  onDone,
  onFailed,
  onChange,
  now,
}: QueueOptions<Item, Value>): Queue<Item> {
  let waiting: Item[] = [];
  let running: { readonly item: Item; readonly controller: AbortController } | undefined;
  let [done, total, start, last] = [0, 0, 0, 0];
  const tell = () => onChange({ done, total, isRunning: running !== undefined, elapsedMs: last - start });

  async function work(): Promise<void> {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      const own = { item, controller: new AbortController() };
      running = own;
      tell();
      const outcome = await run(item, own.controller.signal).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      // what comes of an item that was given up is nobody's business, and another may run by now
      if (own.controller.signal.aborted) return;
      done++;
      last = now();
      if ("value" in outcome) onDone(item, outcome.value);
      else onFailed(item, outcome.error);
    }
    running = undefined;
    tell();
  }

  return {
    add(items) {
      if (items.length === 0) return;
      waiting.push(...items);
      if (running) {
        total += items.length;
        return tell();
      }
      [done, total, start, last] = [0, items.length, now(), now()];
      void work();
    },
    cancel() {
      const dropped = [...(running ? [running.item] : []), ...waiting];
      running?.controller.abort();
      running = undefined;
      waiting = [];
      tell();
      return dropped;
    },
  };
}
