import { basename } from "node:path";
import { describeGraph, drawGraph, fixShapes, type GraphDescription } from "@foveajs/graph";
import { z } from "zod";
import { operation } from "../operation.ts";
import { parseShapes, profileGraph, readGraphFile, writeDrawing } from "./graph-file.ts";
import { optionalText, terminal } from "./schemas.ts";

const valueSchema = z.object({
  name: z.string(),
  dtype: z.string(),
  shape: z
    .array(z.union([z.number(), z.string()]))
    .nullable()
    .describe("null where even the rank is open"),
});

const reportSchema = z.object({
  file: z.string(),
  size_bytes: z.int(),
  name: z.string(),
  opsets: z.record(z.string(), z.number()).describe("version by domain"),
  inputs: z.array(valueSchema),
  outputs: z.array(valueSchema),
  nodes: z.int(),
  operators: z.array(
    z.object({
      op: z.string(),
      nodes: z.int(),
      parameters: z.number(),
      multiply_adds: z.number().nullable().describe("null where shapes are open"),
    }),
  ),
  parameters: z.number(),
  multiply_adds: z.number().nullable().describe("of one run; null where shapes are open"),
  weights_bytes: z.number(),
  peak_bytes: z.number().nullable().describe("most values between nodes at one time; null where shapes are open"),
  all_bytes: z.number().nullable().describe("all values between nodes, which a training keeps at most"),
  trainable_parameters: z.number().describe("parameters that a gradient reaches"),
  untrainable: z.string().nullable().describe("why gradients could not be followed, if so"),
  frozen: z.array(z.object({ name: z.string(), elements: z.number(), role: z.string(), reason: z.string() })),
  gaps: z.array(z.object({ node: z.string(), op: z.string(), reason: z.string() })).describe("where gradients stop"),
  unknown: z.array(z.object({ node: z.string(), op: z.string(), reason: z.string() })).describe("without a shape rule"),
  open: z.array(z.string()).describe("extents that inputs leave open"),
  profile: z
    .object({
      runs: z.int(),
      threads: z.int(),
      milliseconds: z.number().describe("mean of a run"),
      nodes: z
        .array(z.object({ node: z.string(), op: z.string(), milliseconds: z.number() }))
        .describe("slowest first"),
    })
    .optional(),
  svg: z.string().optional().describe("the drawing that was written"),
});

export type GraphReport = z.output<typeof reportSchema>;

/** Looks into any .onnx file. */
export const graph = operation({
  name: "graph",
  summary: "Show what an .onnx file computes, what it costs, and what of it can be trained.",
  input: z.object({
    file: z
      .string()
      .min(1)
      .describe(".onnx file of any tool")
      .meta(terminal({ positional: true, value: "FILE" })),
    shape: z
      .array(z.string())
      .default([])
      .describe("shape of an input, as in image=1x3x320x320; again for each further input")
      .meta(terminal({ value: "NAME=SHAPE" })),
    profile: z.boolean().default(false).describe("run it and time its nodes"),
    runs: z
      .int()
      .min(1)
      .max(1000)
      .default(10)
      .describe("runs that --profile measures")
      .meta(terminal({ value: "N" })),
    threads: z
      .int()
      .min(1)
      .max(256)
      .default(1)
      .describe("threads of --profile")
      .meta(terminal({ value: "N" })),
    svg: optionalText("draw it into this file", "FILE"),
  }),
  output: reportSchema,
  async run(input, { signal, progress }) {
    const { graph: read, sizeBytes } = await readGraphFile(input.file);
    const shaped = fixShapes(read, parseShapes(input.shape));
    const description = describeGraph(shaped);
    const report = reportOf(input.file, sizeBytes, description);
    if (input.svg !== undefined) {
      const marked = new Map(
        [...description.gaps, ...description.unknown].map(({ node, op, reason }) => [node, `${op}: ${reason}`]),
      );
      await writeDrawing(
        input.svg,
        drawGraph(shaped, { title: basename(input.file), subtitle: subtitle(description), marked }),
      );
      report.svg = input.svg;
    }
    if (input.profile) {
      const { threads, runs } = input;
      progress({ done: 0, total: runs, unit: "runs", note: "profiling" });
      const { milliseconds, nodes } = await profileGraph(shaped, { runs, threads, signal });
      report.profile = { runs, threads, milliseconds, nodes: nodes.map((node) => ({ ...node })) };
    }
    return report;
  },
});

function reportOf(file: string, sizeBytes: number, found: GraphDescription): GraphReport {
  const value = ({ name, dtype, shape }: GraphDescription["inputs"][number]) => ({
    name,
    dtype,
    shape: shape ? [...shape] : null,
  });
  return {
    file,
    size_bytes: sizeBytes,
    name: found.name,
    opsets: { ...found.opsets },
    inputs: found.inputs.map(value),
    outputs: found.outputs.map(value),
    nodes: found.nodes,
    operators: found.operators.map(({ op, nodes, parameters, multiplyAdds }) => ({
      op,
      nodes,
      parameters,
      multiply_adds: multiplyAdds ?? null,
    })),
    parameters: found.parameters,
    multiply_adds: found.multiplyAdds ?? null,
    weights_bytes: found.memory.weightsBytes,
    peak_bytes: found.memory.peakBytes ?? null,
    all_bytes: found.memory.allBytes ?? null,
    trainable_parameters: found.trainableParameters,
    untrainable: found.untrainable ?? null,
    frozen: found.frozen.map(({ name, elements, role, reason }) => ({ name, elements, role, reason })),
    gaps: found.gaps.map(({ node, op, reason }) => ({ node, op, reason })),
    unknown: found.unknown.map((node) => ({ ...node })),
    open: [...found.open],
  };
}

const subtitle = ({ parameters, multiplyAdds, nodes }: GraphDescription): string =>
  [
    `${nodes} nodes`,
    `${parameters.toLocaleString("en-US")} parameters`,
    ...(multiplyAdds === undefined
      ? []
      : [`${(multiplyAdds / 1e6).toLocaleString("en-US", { maximumFractionDigits: 1 })} million multiply-adds`]),
  ].join("  ·  ");
