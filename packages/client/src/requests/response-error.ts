import type { ErrorKind } from "@foveajs/errors";
import { errors, ResponseError } from "../errors.ts";

/** A problem document (RFC 9457) as our server writes it, or an error of the Open Inference Protocol with code and help. */
interface Told {
  readonly code: string;
  readonly help: string;
  readonly detail?: string;
  readonly error?: string;
  readonly instance?: string;
}

const INSTANCE = "urn:fovea:request:";

/** The error for an answer whose status is no success, and the text of its body. */
export function responseError(response: Response, text: string, what: string): ResponseError {
  const { status, headers } = response;
  const told = toldIn(text);
  const instance = told?.instance?.startsWith(INSTANCE) ? told.instance.slice(INSTANCE.length) : undefined;
  const { code, message, help } = told
    ? { code: told.code, message: told.detail ?? told.error ?? told.code, help: told.help }
    : foreign(response, what);
  return new ResponseError({
    code,
    kind: kindOf(status),
    message,
    help,
    status,
    requestId: headers.get("x-request-id") ?? instance,
    retryAfterMs: retryAfterMs(headers.get("retry-after")),
  });
}

/** Something before the server has answered: a proxy, a login page, another program. */
function foreign({ status, headers }: Response, what: string): Pick<ResponseError, "code" | "message" | "help"> {
  const type = headers.get("content-type") ?? "no type";
  return errors["bad-answer"]({ what, expected: "a problem document of Fovea", received: `status ${status}, ${type}` });
}

function toldIn(text: string): Told | undefined {
  let body: Partial<Told> | null;
  try {
    body = JSON.parse(text) as Partial<Told> | null;
  } catch {
    return undefined;
  }
  return typeof body?.code === "string" && typeof body.help === "string" ? (body as Told) : undefined;
}

/** Who must act, by the status, which the server made of the error's kind. */
function kindOf(status: number): ErrorKind {
  if (status === 404) return "missing";
  if (status === 499) return "cancelled";
  // limits, purposes and servers that start or stop: the request is right, its time or place is not
  if (status === 403 || status === 409 || status === 429 || status === 503 || status === 504) return "conflict";
  return status >= 500 ? "internal" : "input";
}

/** Milliseconds of a Retry-After, in seconds or as a date. Source: RFC 9110, 10.2.3. */
export function retryAfterMs(header: string | null, now: number = Date.now()): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
