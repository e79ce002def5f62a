/** What models are called in files: small letters, digits and single hyphens, beginning with a letter. */
const FALLBACK = "my-model";
const LONGEST = 40;

/** A name for files from what a person wrote: "Signs, left hand" gives "signs-left-hand"; other scripts give "my-model". */
export function modelName(text: string): string {
  const plain = text
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, LONGEST)
    .replace(/-+$/, "");
  return plain === "" ? FALLBACK : plain;
}
