import { z } from "zod";

/** How the terminal shows an input: as an argument by place, under another short name, with what stands for the value. */
export interface TerminalHint {
  /** True: given by place, not by name; an array takes all that are left. */
  readonly positional?: boolean;
  /** What stands for the value in help, "FILE". */
  readonly value?: string;
  /** One letter that stands for the name, "o". */
  readonly short?: string;
}

/** Wraps a hint for `.meta()`; it travels in the JSON schema as the extension `x-cli`. */
export const terminal = (hint: TerminalHint): { "x-cli": TerminalHint } => ({ "x-cli": hint });

/** A failure in the place of a result. */
export const failureSchema = z.object({
  code: z.string().describe("package/what"),
  message: z.string(),
  help: z.string().describe("what to do"),
});

/** A text that may be left out; `value` stands for it in help. */
export const optionalText = (description: string, value: string) =>
  z.string().min(1).optional().describe(description).meta(terminal({ value }));

/** Where data sets are, of verbs that train. */
export const dataFolder = optionalText(
  "folder that holds the data sets' folders; data, or shared/data beside the repository, when absent",
  "DIR",
);

/** The folder of models that verbs share. */
export const modelsFolder = optionalText("folder with .onnx models, looked through before the usual ones", "DIR");

/** The device that trainings share. */
export const device = z
  .enum(["cpu", "webgpu"])
  .optional()
  .describe("what computes the steps, cpu when absent; no operator leaves the GPU of webgpu");

/** The threads that verbs share. */
export const threads = z
  .int()
  .min(1)
  .max(256)
  .optional()
  .describe("threads of computation; as many as there are cores when absent")
  .meta(terminal({ value: "N" }));
