/** Files that systems put into folders on their own, which nobody means to drop. */
const isStray = (name: string): boolean => name.startsWith(".") || /^(thumbs\.db|desktop\.ini)$/i.test(name);

/**
 * The files of a drop or a paste, those in folders too, in the order of their paths. Each says by `webkitRelativePath` where in the
 * dropped folder it lay, as files of a folder that was chosen do.
 */
export async function filesOf(data: DataTransfer): Promise<File[]> {
  // entries and files are only there until the event has been handled, so all are taken before anything is waited for
  const items = [...data.items].filter(({ kind }) => kind === "file");
  const taken = items.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found = await Promise.all(
    taken.map(async ({ entry, file }) => (entry?.isDirectory ? filesOfEntry(entry) : file ? [file] : [])),
  );
  return withoutStrays(found.flat());
}

/** Files without those that systems put into folders. */
export const withoutStrays = (files: readonly File[]): File[] => files.filter(({ name }) => !isStray(name));

async function filesOfEntry(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    Object.defineProperty(file, "webkitRelativePath", { value: entry.fullPath.replace(/^\//, "") });
    return [file];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const entries: FileSystemEntry[] = [];
  // a reader gives some hundred at a time, and none when it has given all
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) break;
    entries.push(...batch);
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return (await Promise.all(entries.map(filesOfEntry))).flat();
}
