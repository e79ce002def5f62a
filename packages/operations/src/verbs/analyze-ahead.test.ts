import assert from "node:assert/strict";
import { test } from "node:test";
import { begunAhead } from "./analyze-ahead.ts";

/** Work that ends when it is told to, in whatever order. */
function byHand() {
  const begun: string[] = [];
  const end = new Map<string, { resolve: (value: string) => void; reject: (error: Error) => void }>();
  const work = (item: string) => {
    begun.push(item);
    return new Promise<string>((resolve, reject) => end.set(item, { resolve, reject }));
  };
  return { begun, end, work };
}

test("so many are at work at once, and results come in the order of the items, whatever ends first", async () => {
  const { begun, end, work } = byHand();
  const turns = begunAhead(["a", "b", "c", "d"], work, { atOnce: 2 });
  const first = (await turns.next()).value!;
  assert.deepEqual([first.item, begun], ["a", ["a", "b"]]);
  end.get("b")!.resolve("B");
  end.get("a")!.resolve("A");
  assert.equal(await first.result, "A");
  const second = (await turns.next()).value!;
  assert.deepEqual([second.item, await second.result, begun], ["b", "B", ["a", "b", "c"]]);
  await turns.next();
  end.get("c")!.resolve("C");
  end.get("d")!.resolve("D");
  assert.equal((await turns.next()).value!.item, "d");
  assert.equal((await turns.next()).done, true);
  assert.equal((await begunAhead([], work, { atOnce: 2 }).next()).done, true);
});

test("a failure is told at its turn, and the others are not harmed", async () => {
  const { end, work } = byHand();
  const turns = begunAhead(["a", "b"], work, { atOnce: 2 });
  const first = (await turns.next()).value!;
  end.get("b")!.reject(new Error("broken"));
  await new Promise(setImmediate); // unhandled, it would end the program here
  end.get("a")!.resolve("A");
  assert.equal(await first.result, "A");
  await assert.rejects((await turns.next()).value!.result, /broken/);
});

test("who leaves early waits for what has begun, and nothing more is begun", async () => {
  const { begun, end, work } = byHand();
  const turns = begunAhead(["a", "b", "c"], work, { atOnce: 2 });
  await turns.next();
  let hasLeft = false;
  const leaving = turns.return(undefined).then(() => {
    hasLeft = true;
  });
  end.get("a")!.resolve("A");
  await new Promise(setImmediate);
  assert.equal(hasLeft, false);
  end.get("b")!.reject(new Error("broken"));
  await leaving;
  assert.deepEqual(begun, ["a", "b"]);
});
