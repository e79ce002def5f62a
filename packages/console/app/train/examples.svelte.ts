import type { PictureSource } from "@foveajs/vision";
import { momentOf } from "./capture.ts";
import { sortDropped } from "./dropped.ts";
import {
  type Classes,
  FIRST_CLASSES,
  freeName,
  type Picture,
  pictureIds,
  renamed,
  withClass,
  withFolders,
  withoutClass,
  withoutPicture,
  withPictures,
} from "./project.ts";
import { readFiles, readPicture } from "./read-picture.ts";
import {
  clearStore,
  keepPictures,
  readNote,
  readViews,
  type StoredPicture,
  writeNote,
  writePictures,
} from "./store.ts";

/** What came of the files that were added last. */
export interface Intake {
  /** Files that are to be read, and those that were. */
  readonly files: number;
  readonly done: number;
  readonly failed: readonly { readonly name: string; readonly error: unknown }[];
  /** Names of files that are no pictures. */
  readonly others: readonly string[];
}

const NOTE = "classes";
const makeId = (): string => crypto.randomUUID();

/** A picture that is to be added, with the name that it is told by. */
export interface NamedPicture {
  readonly name: string;
  readonly picture: PictureSource;
}

/** A file that was read, with what the class keeps of it. */
interface Read extends Picture {
  readonly stored: StoredPicture;
}

/** The classes of the page and their pictures, kept in the page's database with each change. `word` is what a new class is called. */
export function createExamples(word: () => string) {
  let classes = $state.raw<Classes>([]);
  let views = $state.raw<ReadonlyMap<string, string>>(new Map());
  let intake = $state.raw<Intake>();
  let fault = $state.raw<unknown>();
  let saved: Promise<void> = Promise.resolve();

  function change(next: Classes): void {
    classes = next;
    // one after the other, so that the last one stays
    saved = saved.then(() => writeNote(NOTE, JSON.stringify(classes))).catch(tell);
  }

  function tell(error: unknown): void {
    fault = error;
  }

  /** Whether a class has only the name that it was made with. */
  const isUntouched = ({ name }: { readonly name: string }) => /^\S+ \d+$/.test(name) && name.startsWith(word());

  function add(id: string, pictures: readonly Picture[], stored: readonly StoredPicture[]): void {
    views = new Map([...views, ...stored.map((one) => [one.id, URL.createObjectURL(one.view)] as const)]);
    change(withPictures(classes, id, pictures));
  }

  const firstClasses = (): Classes => {
    let made: Classes = [];
    for (let index = 0; index < FIRST_CLASSES; index++)
      made = withClass(made, { id: makeId(), name: freeName(made, word()) });
    return made;
  };

  async function takeIn(
    parts: readonly { readonly id: string; readonly files: readonly NamedPicture[] }[],
    others: readonly { readonly name: string }[] = [],
  ): Promise<void> {
    fault = undefined;
    const total = parts.reduce((sum, { files }) => sum + files.length, 0);
    const failed: { name: string; error: unknown }[] = [];
    const names = others.map(({ name }) => name);
    let done = 0;
    intake = { files: total, done, failed, others: names };
    for (const { id, files } of parts) {
      const outcome = await readFiles<NamedPicture, Read>(files, {
        async read({ name, picture: source }) {
          const picture = { id: makeId(), name };
          try {
            return { ...picture, stored: await readPicture(source, picture) };
          } finally {
            done++;
            intake = { files: total, done, failed, others: names };
          }
        },
        async onPortion(portion) {
          const stored = portion.map((one) => one.stored);
          await writePictures(stored).catch(tell);
          // the class may have been removed meanwhile
          if (classes.some((one) => one.id === id))
            add(
              id,
              portion.map(({ id: own, name }) => ({ id: own, name })),
              stored,
            );
        },
      });
      failed.push(...outcome.failed);
      intake = { files: total, done, failed: [...failed], others: names };
    }
  }

  /** The class of each name, made where there is none. */
  function classesFor(names: readonly string[]): ReadonlyMap<string, string> {
    const { classes: next, ids } = withFolders(classes, names, { isUntouched, makeId });
    if (names.length > 0) change(next);
    return ids;
  }

  return {
    get classes() {
      return classes;
    },
    /** Addresses of small pictures to look at, by id. */
    get views() {
      return views;
    },
    get intake() {
      return intake;
    },
    get fault() {
      return fault;
    },
    get isReading() {
      return intake !== undefined && intake.done < intake.files;
    },
    /** Takes up what was kept; `isUsed` names pictures that something else still needs. */
    async restore(isUsed: (id: string) => boolean): Promise<void> {
      try {
        const note = await readNote(NOTE);
        const kept = note === undefined ? firstClasses() : (JSON.parse(note) as Classes);
        const ids = new Set(pictureIds(kept));
        await keepPictures((id) => ids.has(id) || isUsed(id));
        views = new Map([...(await readViews())].map(([id, blob]) => [id, URL.createObjectURL(blob)]));
        // what the browser cleared is not there to be learned from
        classes = kept.map((one) => ({ ...one, pictures: one.pictures.filter(({ id }) => views.has(id)) }));
      } catch (error) {
        classes = firstClasses();
        tell(error);
      }
    },
    addClass(): string {
      const id = makeId();
      change(withClass(classes, { id, name: freeName(classes, word()) }));
      return id;
    },
    rename: (id: string, name: string) => change(renamed(classes, id, name)),
    remove: (id: string) => change(withoutClass(classes, id)),
    removePicture: (id: string, picture: string) => change(withoutPicture(classes, id, picture)),
    /** Files for one class, whatever folder they are in. */
    async addTo(id: string, files: readonly File[]): Promise<void> {
      const { folders, loose, others } = sortDropped(files, describe);
      await takeIn([{ id, files: named([...loose, ...[...folders.values()].flat()]) }], others);
    },
    /** A class for each folder; pictures in none become a class together. */
    async addAll(files: readonly File[]): Promise<void> {
      const { folders, loose, others } = sortDropped(files, describe);
      const ids = classesFor([...folders.keys()]);
      const parts = [...folders].map(([folder, own]) => ({ id: ids.get(folder)!, files: named(own) }));
      if (loose.length > 0) {
        const empty = classes.find((one) => one.pictures.length === 0 && !parts.some(({ id }) => id === one.id));
        parts.push({ id: empty?.id ?? this.addClass(), files: named(loose) });
      }
      await takeIn(parts, others);
    },
    /** Pictures that are at hand, by the names of their classes. */
    async addNamed(pictures: ReadonlyMap<string, readonly NamedPicture[]>): Promise<void> {
      const ids = classesFor([...pictures.keys()]);
      await takeIn([...pictures].map(([name, files]) => ({ id: ids.get(name)!, files })));
    },
    /** A frame of the camera; `burst` names the press that it is of. */
    async addFrame(id: string, source: object, { burst, frame }: { burst: string; frame: number }): Promise<void> {
      const picture: Picture = { id: makeId(), name: `${burst}, ${frame + 1}`, group: momentOf(burst, frame) };
      const stored = await readPicture(source, picture);
      await writePictures([stored]).catch(tell);
      if (classes.some((one) => one.id === id)) add(id, [picture], [stored]);
    },
    forgetIntake(): void {
      intake = undefined;
      fault = undefined;
    },
    /** Removes all classes and pictures, here and from the database. */
    async clear(): Promise<void> {
      await saved;
      await clearStore();
      for (const url of views.values()) URL.revokeObjectURL(url);
      views = new Map();
      classes = firstClasses();
      intake = undefined;
      fault = undefined;
    },
  };
}

export type ExamplesState = ReturnType<typeof createExamples>;

const describe = (file: File) => ({ path: file.webkitRelativePath || file.name, type: file.type });

const named = (files: readonly File[]): NamedPicture[] => files.map((file) => ({ name: file.name, picture: file }));
