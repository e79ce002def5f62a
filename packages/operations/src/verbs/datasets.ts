import { readers } from "@foveajs/vision";
import { z } from "zod";
import { streamOperation } from "../operation.ts";

/** Lists the readers: what kinds of folders of pictures and labels can be trained on and checked. */
export const datasets = streamOperation({
  name: "datasets",
  summary: "List the kinds of data sets that can be read.",
  input: z.object({}),
  output: z.object({
    name: z.string().describe("as recipes and --reader name it"),
    summary: z.string().describe("what the folder holds"),
    known_by: z.string().optional().describe("the table in the folder by which it is known; absent: any other folder"),
  }),
  async *run() {
    for (const [name, { summary, knownBy }] of Object.entries(readers)) {
      yield { name, summary, ...(knownBy === undefined ? {} : { known_by: knownBy.file }) };
    }
  },
});
