// Expected values by hand from RFC 9457 (problem documents) and RFC 9110, 10.2.3 (Retry-After).
import assert from "node:assert/strict";
import { test } from "node:test";
import { FoveaError } from "@foveajs/errors";
import { responseError, retryAfterMs } from "./response-error.ts";

const problem = {
  type: "urn:fovea:error:server/queue-full",
  title: "Too Many Requests",
  status: 429,
  detail: "64 are waiting.",
  instance: "urn:fovea:request:7c1e",
  code: "server/queue-full",
  help: "wait.",
};

test("a problem document becomes an error with the server's code, sentence, help, status and request", () => {
  const error = responseError(
    new Response(null, { status: 429, headers: { "retry-after": "7" } }),
    JSON.stringify(problem),
    "GET /x",
  );
  assert.ok(error instanceof FoveaError);
  const { code, kind, message, help, status, requestId, retryAfterMs: wait } = error;
  assert.deepEqual(
    { code, kind, message, help, status, requestId, wait },
    {
      code: "server/queue-full",
      kind: "conflict",
      message: "64 are waiting.",
      help: "wait.",
      status: 429,
      requestId: "7c1e",
      wait: 7000,
    },
  );
});

test("an error of the Open Inference Protocol keeps its sentence; the header names the request", () => {
  const response = new Response(null, { status: 404, headers: { "x-request-id": "r2" } });
  const error = responseError(
    response,
    '{"error": "no such model.", "code": "operations/missing-model", "help": "h"}',
    "",
  );
  assert.deepEqual([error.message, error.kind, error.requestId], ["no such model.", "missing", "r2"]);
});

for (const text of ["<h1>Bad Gateway</h1>", "", "null", "[]", '{"code": 3, "help": "h"}']) {
  test(`what is no error of ours is told as such: ${text}`, () => {
    const response = new Response(null, { status: 502, headers: { "content-type": "text/html" } });
    const error = responseError(response, text, "GET /x");
    assert.deepEqual([error.code, error.status, error.requestId], ["client/bad-answer", 502, undefined]);
    assert.match(error.message, /GET \/x.*status 502, text\/html/);
  });
}

test("kinds by status", () => {
  const kinds = [400, 401, 403, 404, 409, 413, 422, 429, 499, 500, 502, 503, 504].map(
    (status) => responseError({ status, headers: new Headers() } as Response, "", "").kind,
  );
  const [input, conflict, missing, internal] = ["input", "conflict", "missing", "internal"];
  assert.deepEqual(kinds, [
    ...[input, input, conflict, missing, conflict, input, input, conflict],
    ...["cancelled", internal, internal, conflict, conflict],
  ]);
});

test("Retry-After in seconds, as a date, past, absent, or nonsense", () => {
  const now = Date.UTC(2030, 0, 1);
  assert.equal(retryAfterMs("120", now), 120_000);
  assert.equal(retryAfterMs("Tue, 01 Jan 2030 00:00:30 GMT", now), 30_000);
  assert.equal(retryAfterMs("Mon, 31 Dec 2029 00:00:00 GMT", now), 0);
  assert.equal(retryAfterMs(null, now), undefined);
  assert.equal(retryAfterMs("soon", now), undefined);
});
