import { readFileSync } from "node:fs";
import { openApiDocument } from "./openapi.ts";
import { routes } from "./table.ts";

/** docs/openapi.json: all routes, from the schemas that check their requests. */
export function openApiText(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  return `${JSON.stringify(openApiDocument(routes, { version }), null, 2)}\n`;
}
