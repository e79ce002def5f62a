/** An item with what comes of it. */
export interface Begun<Item, Result> {
  readonly item: Item;
  readonly result: Promise<Result>;
}

/**
 * Gives the items in their order, each with its work begun, and begins that of the next before they are asked for: so many are at work
 * at once. One that fails fails its own result alone. Where the caller leaves early, what has begun ends first.
 */
export async function* begunAhead<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  { atOnce }: { readonly atOnce: number },
): AsyncGenerator<Begun<Item, Result>> {
  const begun: Begun<Item, Result>[] = [];
  let next = 0;
  try {
    for (;;) {
      for (; next < items.length && begun.length < atOnce; next++) {
        const item = items[next]!;
        const result = work(item);
        // it is told when its turn comes
        result.catch(() => undefined);
        begun.push({ item, result });
      }
      const first = begun[0];
      if (!first) return;
      yield first;
      // it stays in the list until the caller comes back, and is waited for where it does not
      begun.shift();
    }
  } finally {
    await Promise.allSettled(begun.map(({ result }) => result));
  }
}
