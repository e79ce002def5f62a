/** Why a camera gives no picture: our code, the key of its text, and the browser's own words. */
export interface CameraFault {
  readonly code: string;
  readonly text: "camera_refused" | "camera_missing" | "camera_failed";
  readonly reason: string;
}

/** Names of what `getUserMedia` throws (Media Capture and Streams, section 10.2). */
const faults: Readonly<Record<string, Pick<CameraFault, "code" | "text">>> = {
  NotAllowedError: { code: "console/camera-refused", text: "camera_refused" },
  SecurityError: { code: "console/camera-refused", text: "camera_refused" },
  NotFoundError: { code: "console/camera-missing", text: "camera_missing" },
  OverconstrainedError: { code: "console/camera-missing", text: "camera_missing" },
};

/** What a failed start of the camera means. */
export function cameraFault(thrown: unknown): CameraFault {
  const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  const known = faults[name] ?? { code: "console/camera-failed", text: "camera_failed" as const };
  return { ...known, reason: message || name };
}
