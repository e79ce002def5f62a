import type { JsonSchema, MediaObject, OpenApiDocument, OperationObject } from "./openapi.ts";

/** The OpenAPI document as a page to read: no script, nothing from elsewhere. */
export function referencePage(document: OpenApiDocument): string {
  const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  const sections = document.tags.map(({ name }) => {
    const own = entries.filter(({ operation }) => operation.tags.includes(name));
    return `<section aria-labelledby="${slug(name)}"><h2 id="${slug(name)}">${escaped(name)}</h2>${own.map(entryOf).join("")}</section>`;
  });
  const links = document.tags.map(({ name }) => `<li><a href="#${slug(name)}">${escaped(name)}</a></li>`);
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Fovea API</title>',
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">',
    '<link rel="stylesheet" href="/docs/style.css"></head><body>',
    "<header><h1>Fovea API</h1><p>Errors are problem documents (RFC 9457) with a code and help. No picture is kept unless it is sent to be. ",
    'The same as data: <a href="/openapi.json">openapi.json</a>.</p></header>',
    `<nav aria-label="Parts"><ul>${links.join("")}</ul></nav><main>${sections.join("")}</main></body></html>`,
  ].join("\n");
}

function entryOf({ method, path, operation }: { method: string; path: string; operation: OperationObject }): string {
  const { summary, description, parameters, requestBody, responses, security } = operation;
  const scope = Object.values(security[0] ?? {})[0] as readonly string[] | undefined;
  const rows = parameters.map(
    ({ name, in: place, required, description: what = "", schema }) =>
      `<tr><td><code>${escaped(name)}</code></td><td>${place}${required ? ", needed" : ""}</td><td>${escaped(typeText(schema as JsonSchema))}</td><td>${escaped(what)}</td></tr>`,
  );
  return [
    `<details id="${operation.operationId}"><summary><code class="${method}">${method.toUpperCase()}</code> `,
    `<code>${escaped(path)}</code> <span>${escaped(summary)}</span></summary>`,
    description ? `<p>${escaped(description)}</p>` : "",
    `<p>${scope ? `Scope of the key: <code>${escaped(scope.join(" "))}</code>` : "Needs no key."}</p>`,
    `<pre>${escaped(curlOf(method, path, operation))}</pre>`,
    rows.length > 0
      ? `<table><thead><tr><th>Parameter</th><th>In</th><th>Type</th><th></th></tr></thead><tbody>${rows.join("")}</tbody></table>`
      : "",
    ...(requestBody ? ["<h3>Body</h3>", contentText(requestBody.content)] : []),
    ...Object.entries(responses)
      .filter(([status]) => status !== "default")
      .map(
        ([status, response]) =>
          `<h3>${status}: ${escaped(response.description)}</h3>${contentText(response.content ?? {})}`,
      ),
    "</details>",
  ].join("");
}

function curlOf(method: string, path: string, { requestBody }: OperationObject): string {
  const types = Object.keys(requestBody?.content ?? {});
  const place = `http://127.0.0.1:8700${path.replace(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase())}`;
  if (types.includes("image/*"))
    return `curl -H "Authorization: Bearer $KEY" --data-binary @photo.jpg -H "Content-Type: image/jpeg" ${place}`;
  if (types.includes("multipart/form-data"))
    return `curl -H "Authorization: Bearer $KEY" -F predictions=@predictions.csv -F protocol=... -F data=... ${place}`;
  if (types.includes("application/json")) return `curl -H "Authorization: Bearer $KEY" --json @request.json ${place}`;
  return `curl -H "Authorization: Bearer $KEY" ${method === "post" ? "-X POST " : ""}${place}`;
}

const contentText = (content: Readonly<Record<string, MediaObject>>): string =>
  Object.entries(content)
    .map(
      ([type, { schema }]) =>
        `<p><code>${escaped(type)}</code></p>${schema ? `<pre>${escaped(shapeText(schema, ""))}</pre>` : ""}`,
    )
    .join("");

/** A schema as the lines of an example, types in place of values. */
function shapeText(schema: JsonSchema, indent: string): string {
  const variants = (schema.anyOf ?? schema.oneOf) as readonly JsonSchema[] | undefined;
  if (variants?.some(({ properties }) => properties))
    return variants.map((variant) => shapeText(variant, indent)).join(`\n${indent}or `);
  const items = schema.items as JsonSchema | undefined;
  if (schema.type === "array" && items && (items.properties || items.anyOf || items.oneOf))
    return `[${shapeText(items, indent)}, ...]`;
  const properties = schema.properties as Readonly<Record<string, JsonSchema>> | undefined;
  if (properties === undefined) return typeText(schema);
  const required = (schema.required ?? []) as readonly string[];
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([key, value]) => {
    const note = typeof value.description === "string" ? `  // ${value.description}` : "";
    return `${inner}${key}${required.includes(key) ? "" : "?"}: ${shapeText(value, inner)}${note}`;
  });
  return ["{", ...lines, `${indent}}`].join("\n");
}

function typeText(schema: JsonSchema): string {
  const variants = (schema.anyOf ?? schema.oneOf) as readonly JsonSchema[] | undefined;
  if (variants) return variants.map(typeText).join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.format === "binary") return "file";
  if (Array.isArray(schema.prefixItems))
    return `[${schema.prefixItems.map((item) => typeText(item as JsonSchema)).join(", ")}]`;
  if (schema.type === "array") return `${typeText((schema.items ?? {}) as JsonSchema)}[]`;
  if (schema.properties) return "object";
  const more = schema.additionalProperties;
  if (typeof more === "object" && more !== null) return `{ [name]: ${typeText(more as JsonSchema)} }`;
  const bounds = [schema.minimum, schema.maximum].filter((bound) => bound !== undefined);
  return `${[schema.type ?? "any"].flat().join(" or ")}${bounds.length > 0 ? ` (${bounds.join(" to ")})` : ""}`;
}

const slug = (text: string): string => text.toLowerCase().replace(/\W+/g, "-");

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** How the page looks, in light and in dark. */
export const referenceStyle = `:root{color-scheme:light dark;--text:light-dark(#1c2024,#e6e8eb);--dim:light-dark(#5b646d,#9ba5ae);
--line:light-dark(#d8dee4,#343b42);--code:light-dark(#f3f5f7,#1c2126);--get:light-dark(#0b6b46,#5fd3a0);--post:light-dark(#0b50a8,#7db8ff)}
body{font:16px/1.5 system-ui,sans-serif;color:var(--text);background:light-dark(#fff,#121518);max-width:62rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.75rem;margin:0}h2{font-size:1.25rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:1rem 0 .25rem}a{color:var(--post)}
nav ul{display:flex;flex-wrap:wrap;gap:1rem;padding:0;list-style:none}details{border-top:1px solid var(--line);padding:.5rem 0}
summary{cursor:pointer}summary span{color:var(--dim)}code,pre{font:.875rem/1.5 ui-monospace,monospace}
pre{background:var(--code);padding:.75rem;overflow:auto;border-radius:.375rem}.get{color:var(--get)}.post{color:var(--post)}
table{border-collapse:collapse;width:100%;font-size:.875rem}th,td{text-align:left;vertical-align:top;padding:.375rem .75rem .375rem 0;border-bottom:1px solid var(--line)}
`;
