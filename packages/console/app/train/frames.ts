import { FRAMES_A_SECOND } from "./capture.ts";

/** Longer side of a frame that is kept or asked about, in pixels: what is learned from is no larger. */
const SIDE = 256;

/** The frame that a video shows now, reduced; undefined while it shows none. Close it when it is used. */
export async function frameOf(video: HTMLVideoElement): Promise<ImageBitmap | undefined> {
  const { videoWidth, videoHeight } = video;
  if (videoWidth === 0 || videoHeight === 0) return undefined;
  const scale = Math.min(1, SIDE / Math.max(videoWidth, videoHeight));
  return createImageBitmap(video, {
    resizeWidth: Math.round(videoWidth * scale),
    resizeHeight: Math.round(videoHeight * scale),
    resizeQuality: "medium",
  });
}

/** Takes frames at their pace until `isHeld` says no. */
export async function takeFrames(
  video: HTMLVideoElement,
  { isHeld, onFrame }: { isHeld: () => boolean; onFrame: (frame: ImageBitmap, index: number) => Promise<void> },
): Promise<void> {
  for (let index = 0; isHeld(); index++) {
    const begun = performance.now();
    const frame = await frameOf(video);
    try {
      if (frame) await onFrame(frame, index);
    } finally {
      frame?.close();
    }
    await new Promise((resolve) =>
      setTimeout(resolve, Math.max(0, 1000 / FRAMES_A_SECOND - (performance.now() - begun))),
    );
  }
}
