// Names of errors: Media Capture and Streams, section 10.2 (getUserMedia).
import assert from "node:assert/strict";
import { test } from "node:test";
import { cameraFault } from "./camera-fault.ts";

test("a refused, a missing and a busy camera are told apart", () => {
  const of = (name: string) => cameraFault(new DOMException("why", name));
  assert.deepEqual(of("NotAllowedError"), { code: "console/camera-refused", text: "camera_refused", reason: "why" });
  assert.equal(of("SecurityError").code, "console/camera-refused");
  assert.equal(of("NotFoundError").code, "console/camera-missing");
  assert.equal(of("OverconstrainedError").code, "console/camera-missing");
  assert.deepEqual(of("NotReadableError"), { code: "console/camera-failed", text: "camera_failed", reason: "why" });
  assert.equal(cameraFault("odd").reason, "odd");
});
