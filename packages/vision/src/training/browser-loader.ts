export { createDirectLoader as createLoader } from "./direct-loader.ts";

/** In a page batches are made in the page's own thread, where the pictures are; the session computes in another. */
export const loaderThreads = (_learning: number): number => 1;
