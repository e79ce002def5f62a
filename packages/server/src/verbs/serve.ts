import { streamOperation } from "@foveajs/operations";
import { z } from "zod";
import { purposes } from "../config/config.ts";

const cli = (hint: { positional?: boolean; value?: string }) => ({ "x-cli": hint });

/** The configuration that server verbs share. */
export const configFlag = z
  .string()
  .min(1)
  .optional()
  .describe("settings (YAML); docs/server.md lists them")
  .meta(cli({ value: "FILE" }));

/** Runs the HTTP server until it is told to stop. */
export const serve = streamOperation({
  name: "serve",
  summary: "Serve analysis, models and training over HTTP, with the console.",
  input: z.object({
    host: z
      .string()
      .min(1)
      .optional()
      .describe("address to listen on (127.0.0.1 when absent); others than loopback need a key"),
    port: z
      .int()
      .min(0)
      .max(65535)
      .optional()
      .describe("0 takes any that is free (8700 when absent, or a free one where that is taken)"),
    config: configFlag,
    open: z.boolean().default(false).describe("open the console in the browser, and log errors alone"),
  }),
  output: z.object({
    url: z.string(),
    purpose: z.enum(purposes),
    keys: z.int().describe("API keys that may be used; with none only this machine is answered"),
    console: z.boolean().describe("whether the console is there"),
  }),
  async *run(input, { signal }) {
    // late, so that no other verb loads a server
    const { runServer } = await import("./run-server.ts");
    yield* runServer(input, { signal });
  },
});
