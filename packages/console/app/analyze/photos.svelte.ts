import type { FaceEngine } from "../engine/face-engine.ts";
import type { FoundInFile } from "../engine/messages.ts";
import { failureOf } from "./failure.ts";
import { type NamedFile, nameOf, picturesOf } from "./pictures.ts";
import { createQueue, type QueueState } from "./queue.ts";
import type { Failure, Outcome } from "./result.ts";
import { secondsLeft } from "./time-left.ts";

/** Longer side of what a contact sheet shows, in pixels: twice its largest cell, for fine screens. */
const THUMBNAIL_SIDE = 480;

/** A photo of the sheet and how far it is. */
export interface Photo extends NamedFile {
  readonly id: number;
  readonly state:
    | { readonly kind: "waiting" | "running" | "cancelled" }
    | { readonly kind: "done"; readonly found: FoundInFile; readonly thumbnail: string }
    | { readonly kind: "failed"; readonly error: Failure };
}

/** A photo that was searched. */
export type DonePhoto = Photo & { readonly state: { readonly kind: "done" } };

export interface Photos {
  readonly all: readonly Photo[];
  readonly queue: QueueState;
  readonly secondsLeft: number | undefined;
  /** Files of folders that are no pictures. */
  readonly skipped: number;
  /** Adds pictures and looks at them; gives those that were added. */
  add(files: readonly File[]): readonly Photo[];
  cancel(): void;
  /** Looks at those that were not looked at. */
  goOn(): void;
  clear(): void;
}

const idle: QueueState = { done: 0, total: 0, isRunning: false, elapsedMs: 0 };

/** The photos of the page, looked at one by one by an engine that is opened for the first. */
export function createPhotos(open: () => Promise<FaceEngine>): Photos {
  let all = $state.raw<readonly Photo[]>([]);
  let queueState = $state.raw<QueueState>(idle);
  let skipped = $state(0);
  let next = 0;

  const put = (id: number, state: Photo["state"]): void => {
    all = all.map((photo) => (photo.id === id ? { ...photo, state } : photo));
  };
  const queue = createQueue<Photo, FoundInFile>({
    async run({ id, file, name }, signal) {
      const engine = await open().catch((error: unknown) => {
        cancel(); // told once for all; none of them was looked at
        throw error;
      });
      signal.throwIfAborted();
      put(id, { kind: "running" });
      return engine.analyzeFile(file, { name, thumbnailSide: THUMBNAIL_SIDE, signal });
    },
    onDone: ({ id }, found) => put(id, { kind: "done", found, thumbnail: URL.createObjectURL(found.thumbnail) }),
    onFailed: ({ id }, error) => put(id, { kind: "failed", error: failureOf(error) }),
    onChange: (state) => {
      queueState = state;
    },
    now: () => performance.now(),
  });

  function cancel(): void {
    for (const { id } of queue.cancel()) put(id, { kind: "cancelled" });
  }

  return {
    get all() {
      return all;
    },
    get queue() {
      return queueState;
    },
    get secondsLeft() {
      return queueState.isRunning ? secondsLeft(queueState) : undefined;
    },
    get skipped() {
      return skipped;
    },
    add(files) {
      const taken = picturesOf(files.map((file) => ({ file, name: nameOf(file) })));
      skipped = taken.skipped;
      const added = taken.pictures.map((named): Photo => ({ ...named, id: next++, state: { kind: "waiting" } }));
      all = [...all, ...added];
      queue.add(added);
      return added;
    },
    cancel,
    goOn() {
      const rest = all.filter(({ state }) => state.kind === "cancelled");
      for (const { id } of rest) put(id, { kind: "waiting" });
      queue.add(rest);
    },
    clear() {
      queue.cancel();
      for (const { state } of all) if (state.kind === "done") URL.revokeObjectURL(state.thumbnail);
      all = [];
      skipped = 0;
    },
  };
}

export const isDone = (photo: Photo): photo is DonePhoto => photo.state.kind === "done";

/** What there is to tell of photos, without those that wait. */
export const outcomesOf = (photos: readonly Photo[]): readonly Outcome[] =>
  photos.flatMap(({ name, state }): Outcome[] => {
    if (state.kind === "failed") return [{ file: name, error: state.error }];
    if (state.kind !== "done") return [];
    const { width, height, faces, milliseconds } = state.found;
    return [{ file: name, width, height, faces, milliseconds }];
  });
