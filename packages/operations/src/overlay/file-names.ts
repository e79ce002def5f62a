import { basename, extname, join } from "node:path";

/** A file for an overlay: where, and in which format. */
export interface OverlayFile {
  readonly path: string;
  readonly format: "png" | "jpeg";
}

/**
 * Gives each input its overlay file in `folder`: a/photo.jpg becomes photo.overlay.jpg, and b/photo.jpg of another folder
 * photo.overlay-2.jpg. The infix keeps an overlay from ever replacing a picture, even in the picture's own folder. JPEG
 * stays JPEG, all else becomes PNG.
 */
export function overlayNames(folder: string): (input: string) => OverlayFile {
  const taken = new Set<string>();
  return (input) => {
    const extension = extname(input).toLowerCase();
    const base = input === "-" ? "stdin" : basename(input, extname(input));
    const isJpeg = extension === ".jpg" || extension === ".jpeg";
    for (let count = 1; ; count++) {
      const name = `${base}.overlay${count === 1 ? "" : `-${count}`}${isJpeg ? extension : ".png"}`;
      // File systems that ignore case hold "A.jpg" and "a.jpg" for one.
      const key = name.toLowerCase();
      if (taken.has(key)) continue;
      taken.add(key);
      return { path: join(folder, name), format: isJpeg ? "jpeg" : "png" };
    }
  };
}

/** Whether a path is named as `overlayNames` names: folders are read without them. */
export const isOverlayName = (path: string): boolean => /\.overlay(-\d+)?\.(png|jpe?g)$/i.test(path);
