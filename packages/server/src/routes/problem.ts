import { STATUS_CODES } from "node:http";
import type { FoveaError } from "@foveajs/errors";
import { z } from "zod";
import { withoutPlaces } from "../security/without-places.ts";
import { statusOf } from "./status.ts";

/** A failure on the wire. Source: RFC 9457; `code` and `help` are ours, the same as on the command line. */
export const problemSchema = z.object({
  type: z.string().describe("urn:fovea:error:CODE"),
  title: z.string().describe("the status in words"),
  status: z.int(),
  detail: z.string().describe("what is wrong and where"),
  instance: z.string().describe("urn:fovea:request:ID, as in the logs and the header X-Request-Id"),
  code: z.string().describe("package/what"),
  help: z.string().describe("what to do"),
});

/** Failures of the Open Inference Protocol, which has a sentence; code and help stand beside it. */
export const protocolErrorSchema = z.object({ error: z.string(), code: z.string(), help: z.string() });

/** Errors of the server that name files of the machine; others name routes, which look alike. */
const namesFiles: ReadonlySet<string> = new Set(["server/bad-keys-file", "server/file-busy"]);

export function problemResponse(
  error: FoveaError,
  { requestId, form, retryAfter }: { requestId: string; form: "problem" | "protocol"; retryAfter: number | undefined },
): Response {
  const status = statusOf(error);
  // an internal error may carry anything in its message: people get the code and the id to look it up by
  const isOurs = error.kind !== "internal" || error.code.startsWith("server/");
  const namesRoutes = error.code.startsWith("server/") && !namesFiles.has(error.code);
  const message = namesRoutes ? error.message : withoutPlaces(error.message);
  const detail = isOurs ? message : "the server failed to do this; its log has the reason under the request's id.";
  const { code, help } = error;
  const problem: z.output<typeof problemSchema> = {
    type: `urn:fovea:error:${code}`,
    title: STATUS_CODES[status] ?? "Client Closed Request",
    status,
    detail,
    instance: `urn:fovea:request:${requestId}`,
    code,
    help,
  };
  const isProtocol = form === "protocol";
  return new Response(JSON.stringify(isProtocol ? { error: detail, code, help } : problem), {
    status,
    headers: {
      "content-type": isProtocol ? "application/json" : "application/problem+json",
      ...(status === 401 ? { "www-authenticate": 'Bearer realm="fovea"' } : {}),
      ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
    },
  });
}
