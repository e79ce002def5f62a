import { z } from "zod";
import { HEADER_LENGTH } from "../protocol/messages.ts";
import { problemSchema, protocolErrorSchema } from "./problem.ts";
import type { Route, RouteResponse } from "./route.ts";

interface Document {
  readonly openapi: "3.1.0";
  readonly info: object;
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: object;
  readonly tags: readonly { readonly name: string }[];
}

/** One route in the document. */
export interface OperationObject {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters: readonly ParameterObject[];
  readonly requestBody?: { readonly required: true; readonly content: Readonly<Record<string, MediaObject>> };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Readonly<Record<string, MediaObject>> }>
  >;
  readonly security: readonly object[];
}

export interface ParameterObject {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: object;
}

export interface MediaObject {
  readonly schema?: JsonSchema;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

export type OpenApiDocument = Document;

/** The OpenAPI 3.1 document of routes, from the same schemas that check requests. */
export function openApiDocument(routes: readonly Route[], { version }: { version: string }): Document {
  const paths: Record<string, Record<string, OperationObject>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Fovea",
      version,
      summary: "Reads faces in pictures, runs and trains models.",
      description:
        "Errors are problem documents (RFC 9457) with a code and help. No picture is kept unless it is sent to be.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { key: { type: "http", scheme: "bearer", description: "a key of `fovea keys create`" } },
      schemas: {
        Problem: jsonSchema(problemSchema, "output"),
        ProtocolError: jsonSchema(protocolErrorSchema, "output"),
      },
    },
  };
}

function operationOf(route: Route): OperationObject {
  const { method, path, tag, summary, description, params, query, body, responses, scope, errors } = route;
  const failure: Record<string, MediaObject> =
    errors === "protocol"
      ? { "application/json": { schema: { $ref: "#/components/schemas/ProtocolError" } } }
      : { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
  return {
    operationId: `${method}${path.replace(/[{}]/g, "").replace(/[/_](\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    parameters: [
      ...(params ? parametersOf(params, "path") : []),
      ...(query ? parametersOf(query, "query") : []),
      ...(body?.["application/octet-stream"] && body["application/json"] ? [lengthHeader] : []),
    ],
    ...(body ? { requestBody: { required: true as const, content: contentOf(body, "input") } } : {}),
    responses: {
      ...Object.fromEntries(Object.entries(responses).map(([status, response]) => [status, responseOf(response)])),
      default: { description: "It failed.", content: failure },
    },
    security: scope === null ? [] : [{ key: [scope] }],
  };
}

const lengthHeader: ParameterObject = {
  name: HEADER_LENGTH,
  in: "header",
  required: false,
  description: "bytes of JSON, where binary tensors follow",
  schema: { type: "integer", minimum: 0 },
};

const responseOf = ({ description, content }: RouteResponse) => ({
  description,
  ...(content ? { content: contentOf(content, "output") } : {}),
});

function contentOf(content: NonNullable<Route["body"]>, io: "input" | "output"): Record<string, MediaObject> {
  return Object.fromEntries(
    Object.entries(content).map(([type, schema]) => {
      if (schema === "binary") return [type, {}];
      return [type, { schema: schema === "text" ? { type: "string" } : jsonSchema(schema, io) }];
    }),
  );
}

function parametersOf(schema: z.ZodObject, place: "path" | "query"): ParameterObject[] {
  const { properties = {}, required = [] } = jsonSchema(schema, "input") as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    ...(typeof description === "string" ? { description } : {}),
    schema: rest,
  }));
}

/** A schema as JSON, without what only the command line reads and limits that say nothing. */
function jsonSchema(schema: z.ZodType, io: "input" | "output"): JsonSchema {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as JsonSchema & {
    $schema?: string;
  };
  return plain(json) as JsonSchema;
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const isTold = ([key, inner]: [string, unknown]) =>
    key !== "x-cli" &&
    !((key === "minimum" || key === "maximum") && Math.abs(inner as number) >= Number.MAX_SAFE_INTEGER);
  return Object.fromEntries(
    Object.entries(value)
      .filter(isTold)
      .map(([key, inner]) => [key, plain(inner)]),
  );
}
