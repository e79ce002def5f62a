import { errors } from "../errors.ts";
import { ckplus } from "./ckplus/ckplus.ts";
import { faces } from "./faces/protocol.ts";
import { fer2013 } from "./fer2013/fer2013.ts";
import { ferplus } from "./ferplus/ferplus.ts";
import { folder } from "./folder/folder.ts";
import { landmarks68 } from "./landmarks68/landmarks68.ts";
import { mtfl } from "./mtfl/mtfl.ts";
import type { Protocol } from "./protocol.ts";

/** Every protocol by its id, in the order in which they are listed. */
export const protocols = { ferplus, fer2013, ckplus, mtfl, landmarks68, faces, folder } satisfies Record<
  string,
  Protocol
>;

export type ProtocolId = keyof typeof protocols;

/** The protocol of an id. */
export function protocolOf(id: string): Protocol {
  if (!Object.hasOwn(protocols, id)) throw errors["unknown-protocol"]({ received: id, known: Object.keys(protocols) });
  return protocols[id as ProtocolId];
}
