/** Characters that are made at a time: more would be too many arguments of a call. */
const CHUNK = 8192;

/** Bytes as base64 text, the same in Node and in the page. */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  }
  return btoa(text);
}

/** The bytes of base64 text, in memory of their own; characters that do not belong there are passed over, and so is a rest too short for a byte. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const clean = text.replace(/[^A-Za-z0-9+/]/g, "");
  const whole = clean.length % 4 === 1 ? clean.slice(0, -1) : clean;
  return Uint8Array.from(atob(whole), (character) => character.charCodeAt(0));
}
