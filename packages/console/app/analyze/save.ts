/** Offers a file for download under a name. */
export function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // browsers read the file after the click has returned
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
