import type { Parts } from "../context.ts";
import { errors } from "../errors.ts";
import { optionalPackage, readMachine } from "./machine.ts";

/** The parts of the packages below, as they run in Node. */
export const nodeParts: Parts = {
  decodeImage: async () => {
    throw errors["missing-part"]({ part: "the image decoder" });
  },
  encodeImage: async () => {
    throw errors["missing-part"]({ part: "the image encoder" });
  },
  createFacePipeline: async () => {
    throw errors["missing-part"]({ part: "the face pipeline" });
  },
  readCard: async () => {
    throw errors["missing-part"]({ part: "the model card" });
  },
  verifyModel: async () => {
    throw errors["missing-part"]({ part: "the golden check" });
  },
  // biome-ignore lint/correctness/useYield: throws at the first event
  train: async function* () {
    throw errors["missing-part"]({ part: "the trainer" });
  },
  runtime: async () => {
    throw errors["missing-part"]({ part: "the runtime" });
  },
  machine: readMachine,
  optionalPackage,
};
