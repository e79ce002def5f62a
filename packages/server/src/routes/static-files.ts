import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { pageHeaders } from "./security-headers.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".wasm": "application/wasm",
  ".onnx": "application/octet-stream",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
  ".txt": "text/plain; charset=utf-8",
};

/** A file of the console, or its page for an address of its own; undefined where there is none. */
export async function staticFile(
  folder: string,
  path: string,
  ifNoneMatch: string | undefined,
): Promise<Response | undefined> {
  const wanted = safePath(path);
  if (wanted === undefined) return undefined;
  const name = wanted === "" || wanted === "." ? "index.html" : wanted;
  // an address without an ending is one of the console's own, which its page makes sense of
  const file = (await fileAt(folder, name)) ?? (extname(name) === "" ? await fileAt(folder, "index.html") : undefined);
  if (file === undefined) return undefined;
  const bytes = await readFile(file);
  const tag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
  // names under assets/ carry a hash of what is in them
  const isForever = wanted.startsWith(`assets${sep}`);
  const headers = {
    ...pageHeaders,
    etag: tag,
    "cache-control": isForever ? "public, max-age=31536000, immutable" : "no-cache",
    "content-type": types[extname(file).toLowerCase()] ?? "application/octet-stream",
  };
  return ifNoneMatch === tag ? new Response(null, { status: 304, headers }) : new Response(bytes, { headers });
}

/** The path within the folder; undefined for what would lead out of it or to hidden files. */
function safePath(path: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  if (decoded.includes("\0") || decoded.includes("\\")) return undefined;
  const relative = normalize(decoded.replace(/^\/+/, ""));
  return relative.split(sep).some((part) => part === ".." || (part.startsWith(".") && part !== "."))
    ? undefined
    : relative;
}

async function fileAt(folder: string, name: string): Promise<string | undefined> {
  const path = join(folder, name);
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? path : undefined;
}
