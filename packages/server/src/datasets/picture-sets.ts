import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { errors } from "../errors.ts";

const storedSchema = z.object({
  id: z.string(),
  name: z.string(),
  created: z.iso.datetime(),
  key: z.string().nullable().describe("id of the API key that made it"),
});

/** Uploaded pictures as they are told. */
export const pictureSetSchema = storedSchema.extend({
  classes: z.array(z.object({ name: z.string(), pictures: z.int() })).describe("in the order of their names"),
  pictures: z.int(),
  size_bytes: z.int(),
  expires: z.iso.datetime().nullable().describe("when it is deleted by itself; null: never"),
});

export type PictureSet = z.output<typeof pictureSetSchema>;

export interface PictureLimits {
  /** Sets that there may be. */
  readonly count: number;
  /** Of one set. */
  readonly pictures: number;
  readonly bytes: number;
  /** Days after which a set is deleted; undefined: only when it is asked for. */
  readonly keep_days?: number | undefined;
}

/** Pictures by class in folders that several processes share: ID/set.json, ID/pictures/CLASS/FILE. */
export interface PictureSets {
  list(): Promise<readonly PictureSet[]>;
  /** Throws `server/unknown-pictures` where there is none. */
  find(id: string): Promise<PictureSet>;
  create(fields: Pick<PictureSet, "name" | "key" | "created">): Promise<PictureSet>;
  /** Keeps a picture, in place of one of the same name; names are checked before. */
  put(id: string, picture: { className: string; file: string; bytes: Uint8Array }): Promise<void>;
  remove(id: string): Promise<void>;
  /** Deletes the sets whose days are over, but for those in use. */
  sweep(now: Date, inUse: ReadonlySet<string>): Promise<void>;
  /** The folder with a folder for each class. */
  readonly folderOf: (id: string) => string;
}

const DAY_MS = 86_400_000;
/** How long a count of a set stands; what other processes add shows after it. */
const COUNT_MS = 2000;

export function createPictureSets(root: string, limits: PictureLimits): PictureSets {
  const counted = new Map<string, { pictures: number; bytes: number; until: number }>();
  const pathOf = (id: string, ...names: readonly string[]) => join(root, id, ...names);
  const folderOf = (id: string) => pathOf(id, "pictures");

  const find = async (id: string): Promise<PictureSet> => {
    // names of our own making only: an id must not lead out of the folder
    if (!/^[0-9a-f-]{36}$/.test(id)) throw errors["unknown-pictures"]({ id: id.slice(0, 40) });
    let stored: z.output<typeof storedSchema>;
    try {
      stored = storedSchema.parse(JSON.parse(await readFile(pathOf(id, "set.json"), "utf8")));
    } catch (cause) {
      throw errors["unknown-pictures"]({ id }, { cause });
    }
    const classes = await classesOf(folderOf(id));
    const pictures = sum(classes.map((entry) => entry.pictures));
    const size = sum(classes.map((entry) => entry.bytes));
    counted.set(id, { pictures, bytes: size, until: performance.now() + COUNT_MS });
    const { keep_days: days } = limits;
    return {
      ...stored,
      classes: classes.map(({ name, pictures: own }) => ({ name, pictures: own })),
      pictures,
      size_bytes: size,
      expires: days === undefined ? null : new Date(Date.parse(stored.created) + days * DAY_MS).toISOString(),
    };
  };

  const list = async (): Promise<readonly PictureSet[]> => {
    const ids = await readdir(root).catch(() => []);
    const found = await Promise.all(ids.map((id) => find(id).catch(() => undefined)));
    return found.filter((set) => set !== undefined).sort((a, b) => (a.created < b.created ? -1 : 1));
  };

  const remove = async (id: string): Promise<void> => {
    await find(id);
    counted.delete(id);
    // gone for everybody at once, and what is left when this process dies now is nobody's set
    const gone = pathOf(`${id}.deleted`);
    await rename(pathOf(id), gone).catch((cause: unknown) => {
      throw errors["unknown-pictures"]({ id }, { cause });
    });
    await rm(gone, { recursive: true, force: true });
  };

  return {
    folderOf,
    find,
    list,
    remove,
    async create(fields) {
      const names = await readdir(root).catch(() => []);
      if (names.length >= limits.count)
        throw errors["pictures-full"]({ what: "sets of pictures", limit: limits.count });
      const id = randomUUID();
      await mkdir(folderOf(id), { recursive: true, mode: 0o700 });
      const unfinished = pathOf(id, "set.json.unfinished");
      await writeFile(unfinished, `${JSON.stringify({ id, ...fields }, null, 2)}\n`, { mode: 0o600 });
      await rename(unfinished, pathOf(id, "set.json"));
      return find(id);
    },
    async put(id, { className, file, bytes }) {
      const known = counted.get(id);
      if (known === undefined || known.until < performance.now()) await find(id);
      const count = counted.get(id)!;
      if (count.pictures + 1 > limits.pictures)
        throw errors["pictures-full"]({ what: "pictures in a set", limit: limits.pictures });
      if (count.bytes + bytes.length > limits.bytes)
        throw errors["pictures-full"]({ what: "bytes in a set", limit: limits.bytes });
      count.pictures += 1;
      count.bytes += bytes.length;
      const unfinished = pathOf(id, `${randomUUID()}.unfinished`);
      try {
        await writeFile(unfinished, bytes, { mode: 0o600 });
        // the set's own folder is not made again: it may just have been deleted
        await mkdir(join(folderOf(id), className), { mode: 0o700 }).catch(ifThere);
        await rename(unfinished, join(folderOf(id), className, file));
      } catch (cause) {
        await rm(unfinished, { force: true });
        if ((cause as NodeJS.ErrnoException).code === "ENOENT") throw errors["unknown-pictures"]({ id }, { cause });
        throw cause;
      }
    },
    async sweep(now, inUse) {
      for (const { id, expires } of await list()) {
        if (expires !== null && new Date(expires) <= now && !inUse.has(id)) await remove(id).catch(() => {});
      }
      const left = (await readdir(root).catch(() => [])).filter((name) => name.endsWith(".deleted"));
      await Promise.all(left.map((name) => rm(join(root, name), { recursive: true, force: true })));
    },
  };
}

async function classesOf(folder: string): Promise<{ name: string; pictures: number; bytes: number }[]> {
  const names = (await readdir(folder).catch(() => [])).sort();
  return Promise.all(
    names.map(async (name) => {
      const files = await readdir(join(folder, name)).catch(() => []);
      const sizes = await Promise.all(
        files.map((file) =>
          stat(join(folder, name, file)).then(
            ({ size }) => size,
            () => 0,
          ),
        ),
      );
      return { name, pictures: files.length, bytes: sum(sizes) };
    }),
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

function ifThere(thrown: NodeJS.ErrnoException): void {
  if (thrown.code !== "EEXIST") throw thrown;
}
