import { protocols as table } from "@foveajs/evaluation";
import { z } from "zod";
import { streamOperation } from "../operation.ts";

const protocolSchema = z.object({
  id: z.string(),
  title: z.string(),
  task: z.enum(["classification", "landmarks", "detection", "verification", "objects", "multitask"]),
  metrics: z.array(
    z.object({
      name: z.string(),
      unit: z.string(),
      better: z.enum(["higher", "lower"]),
      summary: z.string(),
    }),
  ),
  splits: z.array(
    z.object({
      name: z.string(),
      count: z.int().optional().describe("in the official release"),
      classes: z.record(z.string(), z.int()).optional().describe("how many of them are of each class"),
      sha256: z.string().optional().describe("of its label rows"),
      copies: z
        .array(z.object({ count: z.int(), sha256: z.string(), what: z.string() }))
        .optional()
        .describe("shares of it that results were published on"),
    }),
  ),
  unit: z.string().describe("what intervals are drawn over"),
  where: z.string().describe("where the data is to be had"),
  licence: z.string(),
  source: z.string(),
  rules: z.array(z.string()).describe("(recalled): no source was seen; (design): a choice of ours"),
  published: z.array(z.object({ method: z.string(), metric: z.string(), value: z.number(), source: z.string() })),
});

/** Lists the protocols by which `evaluate` scores. */
export const protocols = streamOperation({
  name: "protocols",
  summary: "List the protocols: metrics, data and where to get it, licence, published scores.",
  input: z.object({}),
  output: protocolSchema,
  async *run() {
    for (const { id, title, task, metrics, parts, unit, data, rules, published } of Object.values(table)) {
      yield {
        id,
        title,
        task,
        metrics: metrics.map(({ higherIsBetter, ...metric }) => ({
          ...metric,
          better: higherIsBetter ? ("higher" as const) : ("lower" as const),
        })),
        splits: parts.map(({ copies, ...part }) => ({
          ...part,
          ...(copies === undefined ? {} : { copies: copies.map((copy) => ({ ...copy })) }),
        })),
        unit,
        ...data,
        rules: [...rules],
        published: published.map((score) => ({ ...score })),
      };
    }
  },
});
