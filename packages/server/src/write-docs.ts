import { readFile, writeFile } from "node:fs/promises";
import { withSettings } from "./config/document.ts";
import { openApiText } from "./routes/openapi-text.ts";

const docs = new URL("../../../docs/", import.meta.url);
await writeFile(new URL("openapi.json", docs), openApiText());
const guide = new URL("server.md", docs);
await writeFile(guide, withSettings(await readFile(guide, "utf8")));
