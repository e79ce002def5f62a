import type { Tensor } from "@foveajs/operations";

type Feeds = Readonly<Record<string, Tensor>>;

/** How runs that may be one are known: the same inputs, element types and extents but for the first. */
const signatureOf = (feeds: Feeds): string =>
  JSON.stringify(
    Object.entries(feeds)
      .map(([name, { dtype, shape }]) => [name, dtype, shape.slice(1)])
      .sort(),
  );

const rowsOf = (feeds: Feeds): number | undefined => {
  const rows = new Set(Object.values(feeds).map(({ shape }) => shape[0]));
  const [first] = rows;
  return rows.size === 1 && first !== undefined && first > 0 ? first : undefined;
};

/** Runs many feeds, those that fit together in one run along the first axis; each has its own outputs or its own error. */
export async function runJoined(
  all: readonly Feeds[],
  { run, isBatched }: { run: (feeds: Feeds) => Promise<Feeds>; isBatched: boolean },
): Promise<readonly PromiseSettledResult<Feeds>[]> {
  const groups = new Map<string, number[]>();
  all.forEach((feeds, index) => {
    const isJoinable =
      isBatched && rowsOf(feeds) !== undefined && Object.values(feeds).every(({ dtype }) => dtype !== "string");
    const key = isJoinable ? signatureOf(feeds) : `alone ${index}`;
    groups.set(key, [...(groups.get(key) ?? []), index]);
  });
  const results = new Array<PromiseSettledResult<Feeds>>(all.length);
  for (const members of groups.values()) {
    const parts = members.map((index) => all[index]!);
    const [settled] = await Promise.allSettled([
      parts.length === 1 ? run(parts[0]!).then((one) => [one]) : runTogether(parts, run),
    ]);
    if (settled!.status === "fulfilled") {
      members.forEach((index, at) => {
        results[index] = { status: "fulfilled", value: settled!.status === "fulfilled" ? settled!.value[at]! : {} };
      });
    } else if (members.length === 1) {
      results[members[0]!] = settled!;
    } else {
      // one of them may be at fault: each is told its own
      for (const index of members)
        [results[index]] = (await Promise.allSettled([run(all[index]!)])) as [PromiseSettledResult<Feeds>];
    }
  }
  return results;
}

async function runTogether(parts: readonly Feeds[], run: (feeds: Feeds) => Promise<Feeds>): Promise<Feeds[]> {
  const rows = parts.map((feeds) => rowsOf(feeds)!);
  const total = rows.reduce((sum, count) => sum + count, 0);
  const joined = Object.fromEntries(
    Object.keys(parts[0]!).map((name) => [
      name,
      concatenate(
        parts.map((feeds) => feeds[name]!),
        total,
      ),
    ]),
  );
  const outputs = await run(joined);
  let start = 0;
  return rows.map((count) => {
    const own = Object.fromEntries(
      Object.entries(outputs).map(([name, tensor]) => [name, sliceRows(tensor, start, count)]),
    );
    start += count;
    return own;
  });
}

function concatenate(tensors: readonly Tensor[], rows: number): Tensor {
  const { dtype, shape } = tensors[0]!;
  const arrays = tensors.map(({ data }) => data as Float32Array);
  const Elements = arrays[0]!.constructor as Float32ArrayConstructor;
  const data = new Elements(arrays.reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    data.set(array, at);
    at += array.length;
  }
  return { dtype, shape: [rows, ...shape.slice(1)], data };
}

function sliceRows({ dtype, shape, data }: Tensor, start: number, rows: number): Tensor {
  const size = shape[0] === 0 ? 0 : data.length / shape[0]!;
  const own = data.slice(start * size, (start + rows) * size) as Tensor["data"];
  return { dtype, shape: [rows, ...shape.slice(1)], data: own };
}
