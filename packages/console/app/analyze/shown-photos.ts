import { openEngine } from "./engine.svelte.ts";
import { createPhotos } from "./photos.svelte.ts";

/** The photos of the page; they stay while other pages are visited, and go with the tab. */
export const photos = createPhotos(openEngine);
