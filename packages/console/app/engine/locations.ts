import { setSessionLocation } from "@foveajs/graph";
import { setCodecLocation } from "@foveajs/vision";

/** Models that the shipped face pipeline is made of, in the order in which they run. */
export const faceModels = ["face-detector", "face-reader"] as const;

/** Tells the packages where the page's server has the runtime and the codecs; `base` is the address of the page. */
export function setLocations(base: string): void {
  setSessionLocation(new URL("ort/", base));
  setCodecLocation(new URL("codecs/", base));
}
