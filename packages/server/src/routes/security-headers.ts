/** Headers of every answer. Nothing is fetched from another host, framed, sniffed or kept by caches. */
export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "no-store",
};

/** Pages may use their own scripts, wasm, workers and the camera, and be isolated so that wasm has threads. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; " +
    "media-src 'self' blob:; worker-src 'self' blob:; connect-src 'self' blob:; manifest-src 'self'; frame-ancestors 'none'; " +
    "base-uri 'none'; form-action 'none'",
  "cross-origin-embedder-policy": "require-corp",
  "permissions-policy": "camera=(self), microphone=(), geolocation=()",
};

/** The reference has no script at all. */
export const documentHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
};
