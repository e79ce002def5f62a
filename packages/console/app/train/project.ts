/** A picture of a class, without its pixels: those lie in the page's database under its id. */
export interface Picture {
  readonly id: string;
  /** Name of its file, or when the camera took it. */
  readonly name: string;
  /** What belongs together, such as the frames of one moment: it is never parted between learning and measuring. */
  readonly group?: string;
}

/** What the model is to tell from the other classes, by its examples. */
export interface ExampleClass {
  readonly id: string;
  readonly name: string;
  readonly pictures: readonly Picture[];
}

export type Classes = readonly ExampleClass[];

/** Classes that are there before anything was done. */
export const FIRST_CLASSES = 2;

/** "Class 3": the first such name that no class has. */
export function freeName(classes: Classes, word: string): string {
  const taken = new Set(classes.map(({ name }) => name));
  let number = 1;
  while (taken.has(`${word} ${number}`)) number++;
  return `${word} ${number}`;
}

export const withClass = (classes: Classes, { id, name }: Pick<ExampleClass, "id" | "name">): Classes => [
  ...classes,
  { id, name, pictures: [] },
];

export const withoutClass = (classes: Classes, id: string): Classes => classes.filter((one) => one.id !== id);

const changed = (classes: Classes, id: string, change: (one: ExampleClass) => ExampleClass): Classes =>
  classes.map((one) => (one.id === id ? change(one) : one));

export const renamed = (classes: Classes, id: string, name: string): Classes =>
  changed(classes, id, (one) => ({ ...one, name }));

export const withPictures = (classes: Classes, id: string, pictures: readonly Picture[]): Classes =>
  changed(classes, id, (one) => ({ ...one, pictures: [...one.pictures, ...pictures] }));

export const withoutPicture = (classes: Classes, id: string, picture: string): Classes =>
  changed(classes, id, (one) => ({ ...one, pictures: one.pictures.filter((other) => other.id !== picture) }));

/** Ids of all pictures. */
export const pictureIds = (classes: Classes): readonly string[] =>
  classes.flatMap(({ pictures }) => pictures.map(({ id }) => id));

/**
 * Where dropped folders go: the class of the same name, else one that is still as it was made (no pictures, the given name), else a new
 * one, whose id `makeId` gives.
 */
export function withFolders(
  classes: Classes,
  folders: readonly string[],
  { isUntouched, makeId }: { isUntouched: (one: ExampleClass) => boolean; makeId: () => string },
): { readonly classes: Classes; readonly ids: ReadonlyMap<string, string> } {
  const ids = new Map<string, string>();
  let result = classes;
  for (const folder of folders) {
    const taken = new Set(ids.values());
    const same = result.find(({ name }) => name.trim() === folder);
    const free = same ?? result.find((one) => one.pictures.length === 0 && !taken.has(one.id) && isUntouched(one));
    const id = free?.id ?? makeId();
    result = free ? renamed(result, id, folder) : withClass(result, { id, name: folder });
    ids.set(folder, id);
  }
  return { classes: result, ids };
}
