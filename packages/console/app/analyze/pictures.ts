/** Endings of files that are looked at where a whole folder is given; of files given one by one each is tried. */
const endings = /\.(jpe?g|png|webp|avif)$/i;

/** A file and the name under which results tell of it: its path within a folder. */
export interface NamedFile {
  readonly file: File;
  readonly name: string;
}

/** The path of a file within the folder that was chosen, else its name. */
export const nameOf = (file: File): string => file.webkitRelativePath || file.name;

/** The pictures among files, in the order of their names; what else lies in a folder is passed over and counted. */
export function picturesOf(files: readonly NamedFile[]): { pictures: readonly NamedFile[]; skipped: number } {
  const isOfFolder = ({ name }: NamedFile) => name.includes("/");
  const pictures = files.filter((named) => !isOfFolder(named) || endings.test(named.name));
  const sorted = pictures.toSorted((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  return { pictures: sorted, skipped: files.length - pictures.length };
}
