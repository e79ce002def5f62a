/** The name of a picture's file without folders and ending: "a/photo.jpg" → "photo". */
const stem = (name: string): string => name.replace(/^.*\//, "").replace(/\.[^.]*$/, "");

/** The name of a drawn picture, as `fovea analyze --overlay` names it: "photo.overlay.png". */
export const overlayName = (name: string): string => `${stem(name)}.overlay.png`;

/** The name of a table: that of the only picture, else "faces.csv". */
export const tableName = (names: readonly string[]): string =>
  names.length === 1 ? `${stem(names[0]!)}.faces.csv` : "faces.csv";
