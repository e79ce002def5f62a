import { writeFile } from "node:fs/promises";
import { cliDocument } from "./docs.ts";
import { verbs } from "./verbs.ts";

await writeFile(new URL("../../../docs/cli.md", import.meta.url), cliDocument(verbs));
