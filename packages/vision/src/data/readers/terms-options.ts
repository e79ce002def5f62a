import { z } from "zod";

/** Options of readers for anybody's pictures: what the set's maker allows, which no file in the folder tells. */
export const termsOptions = {
  licence: z.string().default("unknown").describe("what the pictures and labels are under"),
  publishable: z.boolean().default(false).describe("whether the pictures may be passed on"),
  commercial: z.boolean().default(false).describe("whether a model trained on it may be used commercially"),
  source: z
    .string()
    .default("the user's own pictures")
    .describe("who made the set, for the cards of models; never a path"),
};
