import { withoutMetadata } from "@foveajs/graph";
import { sha256 as hashOf } from "#host";

/**
 * Whether these are the bytes of a model with this SHA-256: that of the file, or that of the file without its metadata, which stays the
 * same when results or lists of pictures are written into its card.
 */
export const hasHash = (bytes: Uint8Array, sha256: string): boolean =>
  hashOf(bytes) === sha256 || hashOf(withoutMetadata(bytes)) === sha256;
