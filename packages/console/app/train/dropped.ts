/** Files that were dropped or chosen, by what becomes of them. */
export interface Dropped<Item> {
  /** By the folder that each lies in, which names its class; sorted as people sort (2 before 10). */
  readonly folders: ReadonlyMap<string, readonly Item[]>;
  /** Pictures in no folder: they go to the class that they were dropped on. */
  readonly loose: readonly Item[];
  /** What is no picture, such as a text in a folder of photos. */
  readonly others: readonly Item[];
}

/** Endings of files that may be pictures: those that are decoded, and those that people take for pictures, to be told about. */
const pictures = /\.(jpe?g|jfif|png|webp|avif|gif|bmp|tiff?|heic|heif|svg)$/i;
/** Files that systems leave behind, never meant. */
const leftBehind = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i;

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Sorts files by their path ("signs/5/a.jpg") and type: the folder right above a picture is its class. */
export function sortDropped<Item>(
  items: readonly Item[],
  describe: (item: Item) => { readonly path: string; readonly type: string },
): Dropped<Item> {
  const folders = new Map<string, { path: string; item: Item }[]>();
  const loose: Item[] = [];
  const others: Item[] = [];
  for (const item of items) {
    const { path, type } = describe(item);
    if (leftBehind.test(path)) continue;
    const folder = path.split("/").at(-2);
    if (!type.startsWith("image/") && !pictures.test(path)) others.push(item);
    else if (!folder) loose.push(item);
    else folders.set(folder, [...(folders.get(folder) ?? []), { path, item }]);
  }
  const sorted = [...folders]
    .toSorted(([a], [b]) => collator.compare(a, b))
    .map(
      ([name, files]) =>
        [name, files.toSorted((a, b) => collator.compare(a.path, b.path)).map(({ item }) => item)] as const,
    );
  return { folders: new Map(sorted), loose, others };
}
