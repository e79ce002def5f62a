import { errors } from "../errors.ts";
import { abaw4Lsd } from "./abaw4-lsd/abaw4-lsd.ts";
import { abaw4Mtl } from "./abaw4-mtl/abaw4-mtl.ts";
import { affectnet } from "./affectnet/affectnet.ts";
import { affectnetVa } from "./affectnet-va/affectnet-va.ts";
import { bp4d } from "./bp4d/bp4d.ts";
import { ckplus } from "./ckplus/ckplus.ts";
import { ckplusAu } from "./ckplus-au/ckplus-au.ts";
import { coco } from "./coco/coco.ts";
import { disfa } from "./disfa/disfa.ts";
import { emotioNet2020 } from "./emotionet-2020/emotionet-2020.ts";
import { faces } from "./faces/protocol.ts";
import { fer2013 } from "./fer2013/fer2013.ts";
import { ferplus } from "./ferplus/ferplus.ts";
import { folder } from "./folder/folder.ts";
import { jd106 } from "./jd106/jd106.ts";
import { landmarks68 } from "./landmarks68/landmarks68.ts";
import { lfw } from "./lfw/lfw.ts";
import { mtfl } from "./mtfl/mtfl.ts";
import type { Protocol } from "./protocol.ts";
import { rafdb } from "./rafdb/rafdb.ts";
import { voc } from "./voc/voc.ts";
import { wflw } from "./wflw/wflw.ts";

/** Every protocol by its id, in the order in which they are listed. */
export const protocols = {
  ferplus,
  fer2013,
  ckplus,
  affectnet,
  "affectnet-va": affectnetVa,
  rafdb,
  "emotionet-2020": emotioNet2020,
  "abaw4-mtl": abaw4Mtl,
  "abaw4-lsd": abaw4Lsd,
  disfa,
  bp4d,
  "ckplus-au": ckplusAu,
  mtfl,
  landmarks68,
  wflw,
  jd106,
  faces,
  voc,
  coco,
  lfw,
  folder,
} satisfies Record<string, Protocol>;

export type ProtocolId = keyof typeof protocols;

/** The protocol of an id. */
export function protocolOf(id: string): Protocol {
  if (!Object.hasOwn(protocols, id)) throw errors["unknown-protocol"]({ received: id, known: Object.keys(protocols) });
  return protocols[id as ProtocolId];
}
