import { errors } from "../errors.ts";

/** What no name of a file may have on one system or another. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in a name
const refused = /[\u0000-\u001f\u007f/\\:*?"<>|]/;
/** Names that Windows keeps for devices, with any ending. */
const devices = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
/** Folders of these names are parts of a data set, not classes. */
const parts = ["train", "val", "valid", "test"];
/** What readers of pictures take for one. */
const pictureEnding = /\.(jpe?g|png|webp|avif)$/i;
/** Bytes that names of files may have nearly everywhere, less what is added while one is written. */
const MOST_BYTES = 200;

/** The name of a class as a folder may have it: throws `server/bad-name` for others. */
export function className(text: string): string {
  const name = fileName(text, "class");
  if (parts.includes(name.toLowerCase())) {
    throw errors["bad-name"]({ where: "class", expected: "a class", received: `"${name}", a part of a data set` });
  }
  return name;
}

/** The name of a picture's file: throws `server/bad-name` where a reader would not take it for one. */
export function pictureName(text: string): string {
  const name = fileName(text, "file");
  if (!pictureEnding.test(name)) {
    throw errors["bad-name"]({
      where: "file",
      expected: "a name that ends in .jpg, .png, .webp or .avif",
      received: `"${name}"`,
    });
  }
  return name;
}

function fileName(text: string, where: string): string {
  // one way of writing what looks the same, so that "é" is one class from every system
  const name = text.normalize("NFC");
  const isFit =
    name.length >= 1 &&
    name.length <= 100 &&
    Buffer.byteLength(name) <= MOST_BYTES &&
    Buffer.from(name).toString() === name &&
    !refused.test(name) &&
    !devices.test(name) &&
    !/^[.\s]|[.\s]$/.test(name);
  if (isFit) return name;
  throw errors["bad-name"]({
    where,
    expected: "a name that every system takes",
    received: JSON.stringify(name.slice(0, 100)),
  });
}
