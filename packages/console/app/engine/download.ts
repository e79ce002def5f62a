import { errors } from "../errors.ts";

/** How far a download is, in bytes; `total` is undefined where the server does not tell it. */
export interface DownloadProgress {
  readonly loaded: number;
  readonly total: number | undefined;
}

export interface DownloadOptions {
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fetch?: typeof fetch;
}

/** The bytes behind an address, told as they come. */
export async function download(
  url: string,
  { onProgress, signal, headers = {}, fetch: ask = fetch }: DownloadOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await ask(url, { headers: { ...headers }, ...(signal ? { signal } : {}) }).catch((cause: Error) => {
    if (signal?.aborted) throw cause;
    throw errors["file-unreachable"]({ url, reason: cause.message }, { cause });
  });
  if (!response.ok) throw errors["file-unreachable"]({ url, reason: `status ${response.status}` });
  const total = lengthOf(response.headers);
  const parts: Uint8Array[] = [];
  let loaded = 0;
  try {
    for await (const part of response.body ?? []) {
      parts.push(part);
      loaded += part.length;
      onProgress?.({ loaded, total });
    }
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw errors["file-unreachable"]({ url, reason: (cause as Error).message }, { cause });
  }
  return joined(parts, loaded);
}

/** Bytes that will come: of what is sent compressed the header tells another number. */
function lengthOf(headers: Headers): number | undefined {
  const told = headers.get("content-length");
  return told === null || headers.has("content-encoding") ? undefined : Number(told);
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Progress of several downloads as one: bytes of those that were told so far. */
export function joinProgress(
  count: number,
  onProgress: (progress: DownloadProgress) => void,
): readonly ((progress: DownloadProgress) => void)[] {
  const all = new Array<DownloadProgress | undefined>(count).fill(undefined);
  return all.map((_, index) => (progress: DownloadProgress) => {
    all[index] = progress;
    const loaded = all.reduce((sum, one) => sum + (one?.loaded ?? 0), 0);
    const totals = all.map((one) => one?.total);
    const total = totals.every((one) => one !== undefined) ? totals.reduce((a, b) => a + b, 0) : undefined;
    onProgress({ loaded, total });
  });
}
