import { fileURLToPath } from "node:url";

/** Folder with the built application, as an absolute path: static files, to be served at `/`. */
export const consoleFolder: string = fileURLToPath(new URL("app", import.meta.url));
