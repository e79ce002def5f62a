import fc from "fast-check";
import type { OpenApiDocument, ParameterObject } from "./openapi.ts";
import { openApiText } from "./openapi-text.ts";

const described = JSON.parse(openApiText()) as OpenApiDocument;
const targets = Object.entries(described.paths).flatMap(([path, methods]) =>
  Object.entries(methods)
    // events of a job never end while it waits: they have a test of their own
    .filter(() => !path.endsWith("/events"))
    .map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    "0",
    "-1",
    "1e309",
    "NaN",
    "null",
    "true",
    "expression",
    "face-detector",
    "..",
    "../../etc/passwd",
    "%00",
    "__proto__",
    "constructor",
    "1",
    "a,b",
  ),
);

/** Without halves of surrogate pairs, which no address can carry. */
const wellFormed = (text: string): string => Buffer.from(text, "utf8").toString("utf8");

const textOf = ({ schema }: ParameterObject): fc.Arbitrary<string> => {
  const {
    enum: choices,
    minimum = 0,
    maximum = 100,
    type,
  } = schema as { enum?: string[]; minimum?: number; maximum?: number; type?: string };
  if (choices) return fc.oneof(fc.constantFrom(...choices), anyText);
  if (type === "number" || type === "integer")
    return fc.oneof(fc.double({ min: minimum, max: maximum }).map(String), anyText);
  return anyText;
};

const anyJson = fc.oneof(
  fc.json({ maxDepth: 4 }),
  fc
    .record(
      {
        inputs: fc.array(
          fc.record(
            {
              name: fc.constantFrom("image", "", "x", "__proto__"),
              shape: fc.array(fc.oneof(fc.nat(50), fc.integer(), fc.constantFrom(1, 44, 2 ** 40, 1.5)), {
                maxLength: 5,
              }),
              datatype: fc.constantFrom("FP32", "INT64", "BYTES", "FP16", "toString", ""),
              data: fc.anything({ maxDepth: 3, values: [fc.double(), fc.string()] }),
              parameters: fc.record({ binary_data_size: fc.anything({ maxDepth: 1 }) }, { requiredKeys: [] }),
            },
            { requiredKeys: [] },
          ),
          { maxLength: 3 },
        ),
        outputs: fc.anything({ maxDepth: 3 }),
        recipe: fc.string({ unit: "binary" }),
        threads: fc.integer(),
      },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner)) ?? ""),
);

/** A picture with some of its bytes changed or its end cut off; short noise. */
const bytesOf = (picture: Buffer) =>
  fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.tuple(fc.nat(), fc.nat(), fc.nat(255), fc.boolean()).map(([cut, at, byte, isCut]) => {
      const copy = Buffer.from(picture);
      copy[at % copy.length] = byte;
      return isCut ? copy.subarray(0, cut % copy.length) : copy;
    }),
  );

const bodyOf = (anyBytes: fc.Arbitrary<Buffer>) =>
  fc.oneof(
    anyJson.map((text) => ({ body: Buffer.from(text), type: "application/json" })),
    anyBytes.map((bytes) => ({ body: bytes, type: "image/jpeg" })),
    fc
      .tuple(anyBytes, fc.constantFrom("files", "predictions", "x"), anyText, anyText)
      .map(([bytes, part, name, field]) => ({
        body: Buffer.concat([
          Buffer.from(
            `--b\r\ncontent-disposition: form-data; name="${part}"; filename="${name.replace(/["\r\n]/g, "")}"\r\n\r\n`,
          ),
          bytes,
          Buffer.from(`\r\n--b\r\ncontent-disposition: form-data; name="protocol"\r\n\r\n${field}\r\n--b--\r\n`),
        ]),
        type: "multipart/form-data; boundary=b",
      })),
    fc
      .tuple(
        anyBytes,
        fc.constantFrom("", "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "image/", "a/b;;;"),
      )
      .map(([body, type]) => ({ body, type })),
  );

/** What a request may be made of; `picture` is a photograph that some of them carry, `key` one that may do everything. */
const partsOf = (picture: Buffer, key: string) =>
  fc.constantFrom(...targets).chain(({ path, method, operation }) =>
    fc.record({
      path: fc
        .tuple(
          ...operation.parameters
            .filter((parameter) => parameter.in === "path")
            .map((parameter) => fc.oneof(textOf(parameter), fc.constantFrom("expression", "1"))),
        )
        .map((values) =>
          values.reduce(
            (filled, value) => filled.replace(/\{\w+\}/, () => encodeURIComponent(wellFormed(value)) || "-"),
            path,
          ),
        ),
      query: fc
        .tuple(
          ...operation.parameters
            .filter((parameter) => parameter.in === "query")
            .map((parameter) => fc.option(textOf(parameter).map((value) => [parameter.name, value] as const))),
        )
        .chain((known) =>
          fc.option(fc.tuple(anyText, anyText)).map((other) => [...known, other].filter((pair) => pair !== null)),
        ),
      method: fc.oneof(
        { weight: 9, arbitrary: fc.constant(method) },
        { weight: 1, arbitrary: fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS") },
      ),
      content: bodyOf(bytesOf(picture)),
      authorization: fc.oneof(
        { weight: 9, arbitrary: fc.constant(`Bearer ${key}`) },
        { weight: 1, arbitrary: fc.constantFrom("", "Bearer", "Bearer x", `Basic ${key}`) },
      ),
      length: fc.option(fc.oneof(fc.nat(300).map(String), fc.constantFrom("-1", "x", "99999999999999999999"))),
      accept: fc.option(fc.constantFrom("image/png", "image/jpeg", "text/html", "*/*")),
    }),
  );

/** A request as a client sends it. */
export interface AnyRequest {
  /** Path with the query. */
  readonly place: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** Requests made at random from the OpenAPI document, well-formed and not. */
export const anyRequest = (picture: Buffer, key: string): fc.Arbitrary<AnyRequest> =>
  partsOf(picture, key).map(({ path, query, method, content, length, accept, authorization }) => {
    const pairs = query.map(([name, value]): [string, string] => [wellFormed(name), wellFormed(value)]);
    const hasBody = method !== "GET" && method !== "OPTIONS";
    return {
      place: pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`,
      method,
      headers: {
        ...(authorization === "" ? {} : { authorization }),
        ...(hasBody && content.type !== "" ? { "content-type": content.type } : {}),
        ...(length === null ? {} : { "inference-header-content-length": length }),
        ...(accept === null ? {} : { accept }),
      },
      body: hasBody ? content.body : undefined,
    };
  });
