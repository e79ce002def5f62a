import { writeFile } from "node:fs/promises";
import { operations } from "@foveajs/operations";
import { cliDocument } from "./docs.ts";

await writeFile(new URL("../../../docs/cli.md", import.meta.url), cliDocument(operations));
