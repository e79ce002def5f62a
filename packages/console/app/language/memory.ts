/** What was remembered in this browser under a name; undefined where nothing was or storage is refused. */
export function recall(name: string): string | undefined {
  try {
    return localStorage.getItem(`fovea.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Remembers a short text in this browser, where storage is not refused. */
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`fovea.${name}`, value);
  } catch {
    // it then holds until the page is closed
  }
}
