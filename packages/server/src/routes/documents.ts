import { type OpenApiDocument, openApiDocument } from "./openapi.ts";
import { referencePage, referenceStyle } from "./reference.ts";
import { json, type Route } from "./route.ts";
import { documentHeaders } from "./security-headers.ts";

/** The description of all other routes: as data, and as a page to read. */
export function documentRoutes(routes: readonly Route[], version: string): readonly Route[] {
  let made: OpenApiDocument | undefined;
  const document = () => {
    made ??= openApiDocument(routes, { version });
    return made;
  };
  const shared = { method: "get", tag: "documents", scope: null } as const;
  const page = (text: () => string, type: string) => () =>
    new Response(text(), { headers: { ...documentHeaders, "content-type": `${type}; charset=utf-8` } });
  return [
    {
      ...shared,
      path: "/openapi.json",
      summary: "This description as an OpenAPI 3.1 document.",
      responses: { 200: { description: "The document.", content: { "application/json": "text" } } },
      handle: () => json(document()),
    },
    {
      ...shared,
      path: "/docs",
      summary: "This description as a page.",
      responses: { 200: { description: "The page.", content: { "text/html": "text" } } },
      handle: page(() => referencePage(document()), "text/html"),
    },
    {
      ...shared,
      path: "/docs/style.css",
      summary: "How that page looks.",
      responses: { 200: { description: "The style.", content: { "text/css": "text" } } },
      handle: page(() => referenceStyle, "text/css"),
    },
  ];
}
