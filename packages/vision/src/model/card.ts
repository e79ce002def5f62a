import type { Graph } from "@foveajs/graph";
import { z } from "zod";
import { errors } from "../errors.ts";
import { preprocessingSchema } from "../image/preprocess.ts";
import { taskSchema } from "../tasks/table.ts";

/** Key of the card in the metadata of an .onnx file. */
export const CARD_KEY = "fovea.card";

/** A measured value with its 95 % interval where one was made. */
export const resultSchema = z.strictObject({
  data: z.string().describe("what it was measured on, with its size"),
  metric: z.string(),
  value: z.number(),
  interval: z.tuple([z.number(), z.number()]).optional(),
});

const goldenTensorSchema = z.strictObject({
  shape: z.array(z.int().min(1)),
  values: z.string().describe("float32, little-endian, base64"),
});

/** A data set or a teacher with its terms. */
export const termsSchema = z.strictObject({ name: z.string(), licence: z.string(), source: z.string() });

/** What is behind the weights, and which labels came from it. */
const sourceSchema = z.strictObject({
  ...termsSchema.shape,
  labels: z.array(z.string()).optional().describe("of a data set: tasks that its own labels are for"),
  taught: z
    .array(
      z.strictObject({
        task: z.string(),
        set: z.string().describe("data set whose training samples it labelled"),
        share: z
          .number()
          .optional()
          .describe("its share where a sample has a label already, whose share is the rest; 1 where absent"),
        at_least: z
          .number()
          .optional()
          .describe("least probability of the likeliest class, below which its answer is no label; 0 where absent"),
      }),
    )
    .optional()
    .describe("of a teacher: what it labelled"),
});

/** All that a model's file says of itself; it needs nothing else to be used. */
export const cardSchema = z.strictObject({
  format: z.literal(1),
  name: z.string().min(1),
  summary: z.string(),
  licence: z.string().describe("of the weights"),
  limits: z.string().describe("what it must not be used for, and where it fails"),
  tasks: z.array(taskSchema).min(1),
  preprocessing: preprocessingSchema,
  alignment: z
    .strictObject({
      width: z.number().positive().describe("width of the crop in face sizes"),
      above: z
        .number()
        .describe("how far the crop's centre lies above the point midway between eyes and mouth, in face sizes"),
      roll: z.enum(["level", "keep"]),
    })
    .optional()
    .describe("for models that read one face: how it is cut out by its five points before the preprocessing"),
  sources: z.array(sourceSchema).describe("data sets and teachers behind the weights"),
  results: z.array(resultSchema),
  recipe: z.strictObject({ name: z.string(), sha256: z.string(), seed: z.int() }),
  conversion: z
    .strictObject({
      to: z.enum(["float32", "float16", "int8"]).describe("type that the weights are kept in"),
      from_sha256: z.string().describe("of the file that was converted"),
      note: z.string().describe("what was done, with what data"),
    })
    .optional()
    .describe("how the file was made from a trained one; absent for one as it was trained"),
  remote: z
    .strictObject({
      url: z.url({ protocol: /^https?$/ }).describe("of the server, without /v2"),
      model: z.string().min(1).optional().describe("its name there; the same as here when absent"),
    })
    .optional()
    .describe("a server of the Open Inference Protocol that runs the model; it runs here when absent"),
  golden: z
    .strictObject({
      input: z.array(z.int().min(1)).describe("shape; the values are goldenInput of this shape"),
      outputs: z.record(z.string(), goldenTensorSchema),
      tolerance: z.number().positive().describe("largest absolute difference that counts as equal"),
    })
    .describe("what the model gives for a known input; checked by `models verify`"),
});

export type ModelCard = z.output<typeof cardSchema>;

/** The card of a model, or an error that says what is wrong with it. */
export function readCard(graph: Pick<Graph, "metadata">, name: string): ModelCard {
  const text = graph.metadata[CARD_KEY];
  if (text === undefined) throw errors["card-missing"]({ name });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw errors["card-invalid"]({ name, detail: "it is not JSON" }, { cause });
  }
  return checkCard(value, name);
}

function checkCard(value: unknown, name: string): ModelCard {
  const parsed = cardSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw errors["card-invalid"]({ name, detail: z.prettifyError(parsed.error) }, { cause: parsed.error });
}

/** The graph with this card in its metadata. */
export const withCard = (graph: Graph, card: ModelCard): Graph => ({
  ...graph,
  metadata: { ...graph.metadata, [CARD_KEY]: JSON.stringify(checkCard(card, card.name)) },
});
