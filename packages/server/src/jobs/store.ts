import { randomUUID } from "node:crypto";
import { appendFile, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { errors } from "../errors.ts";

/** `queued` is waiting, or waiting to go on after a stop of the server. */
export const jobStates = ["queued", "running", "done", "failed", "cancelled"] as const;

const errorSchema = z.object({ code: z.string(), message: z.string(), help: z.string() });

/** A long run as it is told and stored. */
export const jobSchema = z.object({
  id: z.string(),
  kind: z.literal("train"),
  name: z.string().describe("of the recipe"),
  state: z.enum(jobStates),
  created: z.iso.datetime(),
  started: z.iso.datetime().nullable(),
  ended: z.iso.datetime().nullable(),
  key: z.string().nullable().describe("id of the API key that asked for it"),
  threads: z.int().nullable(),
  pictures: z
    .string()
    .nullable()
    .default(null)
    .describe("id of the uploaded pictures that it trains on; null: those of its recipe"),
  cancelling: z.boolean().describe("whether it was asked to stop for good"),
  error: errorSchema.nullable(),
});

export type StoredJob = z.output<typeof jobSchema>;

type JobFields = Pick<StoredJob, "name" | "key" | "threads" | "created"> & Partial<Pick<StoredJob, "pictures">>;

/** What a training starts from: the text of a recipe, or the input of the operation for pictures of one's own. */
export type JobWork = { readonly recipe: string } | { readonly own: object };

/** Jobs as folders, which several processes share: `job.json`, `recipe.yaml` or `own.json`, `events.jsonl`, and the run itself. */
export interface JobStore {
  list(): Promise<readonly StoredJob[]>;
  /** Throws `server/unknown-job` where there is none. */
  find(id: string): Promise<StoredJob>;
  create(fields: JobFields, work: JobWork): Promise<StoredJob>;
  /** What the training is asked for, as the operation takes it. */
  workOf(id: string): Promise<object>;
  update(id: string, change: Partial<StoredJob>): Promise<StoredJob>;
  /** Whether this process has the job to itself from now on; what another process left behind by dying can be had. */
  claim(id: string): Promise<boolean>;
  release(id: string): Promise<void>;
  appendEvent(id: string, event: unknown): Promise<void>;
  /** Whole lines of events from a byte on, and the byte after them. */
  readEvents(id: string, from: number): Promise<{ readonly lines: readonly string[]; readonly next: number }>;
  readonly pathOf: (id: string, ...names: readonly string[]) => string;
}

export function createJobStore(folder: string): JobStore {
  const pathOf = (id: string, ...names: readonly string[]) => join(folder, id, ...names);
  const find = async (id: string): Promise<StoredJob> => {
    // names of our own making only: an id must not lead out of the folder
    if (!/^[0-9a-f-]{36}$/.test(id)) throw errors["unknown-job"]({ id: id.slice(0, 40) });
    try {
      return jobSchema.parse(JSON.parse(await readFile(pathOf(id, "job.json"), "utf8")));
    } catch (cause) {
      throw errors["unknown-job"]({ id }, { cause });
    }
  };
  const write = async (job: StoredJob) => {
    const unfinished = pathOf(job.id, `job.json.${process.pid}.unfinished`);
    await writeFile(unfinished, `${JSON.stringify(job, null, 2)}\n`);
    await rename(unfinished, pathOf(job.id, "job.json"));
  };
  return {
    pathOf,
    find,
    async list() {
      const names = await readdir(folder).catch(() => []);
      const found = await Promise.all(names.map((name) => find(name).catch(() => undefined)));
      return found.filter((job) => job !== undefined).sort((a, b) => (a.created < b.created ? -1 : 1));
    },
    async create(fields, work) {
      const id = randomUUID();
      const job: StoredJob = {
        id,
        kind: "train",
        state: "queued",
        started: null,
        ended: null,
        cancelling: false,
        error: null,
        pictures: null,
        ...fields,
      };
      await mkdir(pathOf(id), { recursive: true, mode: 0o700 });
      if ("recipe" in work) await writeFile(pathOf(id, "recipe.yaml"), work.recipe);
      else await writeFile(pathOf(id, "own.json"), JSON.stringify(work.own));
      await write(job);
      return job;
    },
    async workOf(id) {
      const { pictures } = await find(id);
      if (pictures === null) return { recipe: pathOf(id, "recipe.yaml") };
      return JSON.parse(await readFile(pathOf(id, "own.json"), "utf8")) as object;
    },
    async update(id, change) {
      const job = { ...(await find(id)), ...change };
      await write(job);
      return job;
    },
    async claim(id) {
      const path = pathOf(id, "claim");
      try {
        const file = await open(path, "wx");
        await file.writeFile(JSON.stringify({ host: hostname(), pid: process.pid }));
        await file.close();
        return true;
      } catch {
        if (!(await isLeftBehind(path))) return false;
        await rm(path, { force: true });
        return false; // the next look has it
      }
    },
    release: (id) => rm(pathOf(id, "claim"), { force: true }),
    appendEvent: (id, event) => appendFile(pathOf(id, "events.jsonl"), `${JSON.stringify(event)}\n`),
    async readEvents(id, from) {
      const path = pathOf(id, "events.jsonl");
      const size = (await stat(path).catch(() => undefined))?.size ?? 0;
      if (size <= from) return { lines: [], next: from };
      const file = await open(path, "r");
      try {
        const bytes = Buffer.alloc(Math.min(size - from, 1 << 20));
        const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
        const end = bytes.subarray(0, bytesRead).lastIndexOf(10) + 1;
        const lines = bytes.toString("utf8", 0, end).split("\n").slice(0, -1);
        return { lines, next: from + end };
      } finally {
        await file.close();
      }
    },
  };
}

/** Whether the process that claimed a job on this machine is gone. */
async function isLeftBehind(path: string): Promise<boolean> {
  try {
    const { host, pid } = JSON.parse(await readFile(path, "utf8")) as { host: string; pid: number };
    if (host !== hostname()) return false;
    if (pid === process.pid) return false;
    process.kill(pid, 0);
    return false;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "ESRCH" || thrown instanceof SyntaxError;
  }
}
