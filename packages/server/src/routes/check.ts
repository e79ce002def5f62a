import { z } from "zod";
import { errors } from "../errors.ts";

interface Property {
  readonly type?: string;
}

/**
 * Checks values that came as text (parameters of the address, fields of a form) against a schema; numbers and switches are
 * read as such first. Throws `server/bad-request` that names the first that is wrong.
 */
export function checkTexts<Schema extends z.ZodObject>(
  schema: Schema,
  texts: Readonly<Record<string, string>>,
  where: string,
): z.output<Schema> {
  const properties = propertiesOf(schema);
  const read = Object.entries(texts).map(([name, text]) => {
    const type = Object.hasOwn(properties, name) ? properties[name]?.type : undefined;
    const isNumber =
      (type === "number" || type === "integer") && /^[-+.\deE]+$/.test(text) && Number.isFinite(Number(text));
    if (isNumber) return [name, Number(text)];
    return [name, type === "boolean" && (text === "true" || text === "false") ? text === "true" : text];
  });
  return checkValue(schema, Object.fromEntries(read), where);
}

const known = new WeakMap<z.ZodObject, Readonly<Record<string, Property>>>();

/** Properties of a schema as JSON has them, worked out once: requests come often. */
function propertiesOf(schema: z.ZodObject): Readonly<Record<string, Property>> {
  const found = known.get(schema);
  if (found) return found;
  const { properties = {} } = z.toJSONSchema(schema, { io: "input" }) as { properties?: Record<string, Property> };
  known.set(schema, properties);
  return properties;
}

/** Checks any value against a schema. */
export function checkValue<Schema extends z.ZodType>(schema: Schema, value: unknown, where: string): z.output<Schema> {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const path = [where, ...issue!.path.map(String)].join(".");
  throw errors["bad-request"]({
    where: path.slice(0, 200),
    expected: "what the schema says",
    received: issue!.message.slice(0, 300),
  });
}

/** The JSON of a body, checked. */
export function checkJson<Schema extends z.ZodType>(schema: Schema, body: Uint8Array): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString("utf8"));
  } catch (cause) {
    throw errors["bad-request"](
      { where: "body", expected: "JSON", received: (cause as Error).message.slice(0, 200) },
      { cause },
    );
  }
  return checkValue(schema, value, "body");
}
