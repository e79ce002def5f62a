import { errors } from "../errors.ts";
import type { RouteRequest } from "./route.ts";

/** A file as it came; its name is for messages only. */
export interface Upload {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Uploads {
  /** Files of multipart parts, by the names of the parts, in their order; of a raw body one under "body". */
  readonly files: readonly (Upload & { readonly part: string })[];
  readonly fields: Readonly<Record<string, string>>;
}

const MULTIPART = "multipart/form-data";

/** The bytes of one picture as the whole body. */
export async function readPicture(request: RouteRequest): Promise<Upload> {
  const type = request.header("content-type") ?? "";
  if (!isRawType(kindOf(type)))
    throw errors["unsupported-media"](wrongType("image/* or application/octet-stream", type));
  const bytes = await request.body();
  if (bytes.length === 0) throw errors["no-file"]({ where: "body" });
  return { name: "body", bytes };
}

/** Files and fields of a multipart body, or the bytes of a picture as the whole body. */
export async function readUploads(request: RouteRequest, { limit }: { limit: number }): Promise<Uploads> {
  const type = request.header("content-type") ?? "";
  const kind = kindOf(type);
  if (isRawType(kind)) return { files: [{ part: "body", ...(await readPicture(request)) }], fields: {} };
  if (kind !== MULTIPART)
    throw errors["unsupported-media"](wrongType(`${MULTIPART}, image/* or application/octet-stream`, type));
  return readMultipart(await request.body(), type, limit);
}

const kindOf = (type: string): string => type.split(";")[0]!.trim().toLowerCase();
const isRawType = (kind: string): boolean => kind.startsWith("image/") || kind === "application/octet-stream";
const wrongType = (expected: string, type: string) => ({ expected, received: type.slice(0, 100) || "no type" });

async function readMultipart(body: Uint8Array, type: string, limit: number): Promise<Uploads> {
  let form: FormData;
  try {
    form = await new Response(body as Uint8Array<ArrayBuffer>, { headers: { "content-type": type } }).formData();
  } catch (cause) {
    throw errors["bad-request"](
      { where: "body", expected: MULTIPART, received: "parts that cannot be read" },
      { cause },
    );
  }
  const entries = [...form.entries()] as [string, string | File][];
  const parts = entries.filter((entry): entry is [string, File] => typeof entry[1] !== "string");
  if (parts.length > limit) throw errors["too-many-files"]({ limit, received: parts.length });
  const files = await Promise.all(
    parts.map(async ([part, file]) => ({
      part,
      name: shown(file.name),
      bytes: new Uint8Array(await file.arrayBuffer()),
    })),
  );
  const fields = Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
  return { files, fields };
}

/** The last part of a name, without what would break a line. */
const shown = (name: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in a name
  (name.split(/[/\\]/).at(-1) ?? "").replace(/[\u0000-\u001f\u007f]/g, " ").slice(0, 255) || "file";
