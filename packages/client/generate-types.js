// Writes src/generated/api.ts, the types of every route, from docs/openapi.json; with --print it only prints them. A test
// of this package compares the two.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";

const document = new URL("../../docs/openapi.json", import.meta.url);
const target = new URL("./src/generated/api.ts", import.meta.url);

// a field with a default may be left out of a request; what is always in an answer, the document says by itself
const types = await openapiTS(JSON.parse(await readFile(document, "utf8")), { defaultNonNullable: false });
const text = `${COMMENT_HEADER}${astToString(types)}`;
if (process.argv.includes("--print")) process.stdout.write(text);
else await writeFile(target, text);
