import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { Readable } from "node:stream";
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

/** What of a request decides how a file is sent. */
export interface FileRequest {
  readonly method: string;
  readonly header: (name: string) => string | undefined;
}

/** A file of the console, or its page for an address of its own; undefined where there is none. */
export async function staticFile(folder: string, path: string, request: FileRequest): Promise<Response | undefined> {
  const wanted = safePath(path);
  if (wanted === undefined) return undefined;
  const name = wanted === "" || wanted === "." ? "index.html" : wanted;
  // an address without an ending is one of the console's own, which its page makes sense of
  const names = extname(name) === "" ? [name, "index.html"] : [name];
  for (const candidate of names) {
    // names under assets/ carry a hash of what is in them
    const isForever = candidate.startsWith(`assets${sep}`);
    const response = await sendFile(join(folder, candidate), request, { isForever });
    if (response) return response;
  }
  return undefined;
}

/**
 * A file with the headers of a page's parts, compressed where `NAME.br` lies beside it and the client takes that; undefined where there
 * is none. It is read while it is sent, so that large ones do not fill the memory.
 */
export async function sendFile(
  file: string,
  { method, header }: FileRequest,
  { isForever = false }: { isForever?: boolean } = {},
): Promise<Response | undefined> {
  const plain = await fileAt(file);
  if (plain === undefined) return undefined;
  const packed = /\bbr\b/.test(header("accept-encoding") ?? "") ? await fileAt(`${file}.br`) : undefined;
  const { path, sizeBytes, changedMs } = packed ?? plain;
  const tag = `"${sizeBytes.toString(36)}-${Math.round(changedMs).toString(36)}"`;
  const headers = {
    ...pageHeaders,
    etag: tag,
    vary: "Accept-Encoding",
    "cache-control": isForever ? "public, max-age=31536000, immutable" : "no-cache",
    "content-type": types[extname(file).toLowerCase()] ?? "application/octet-stream",
    ...(packed ? { "content-encoding": "br" } : {}),
  };
  if (header("if-none-match") === tag) return new Response(null, { status: 304, headers });
  const body = method === "HEAD" ? null : (Readable.toWeb(createReadStream(path)) as ReadableStream);
  return new Response(body, { headers: { ...headers, "content-length": String(sizeBytes) } });
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

interface FoundFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly changedMs: number;
}

async function fileAt(path: string): Promise<FoundFile | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? { path, sizeBytes: found.size, changedMs: found.mtimeMs } : undefined;
}
