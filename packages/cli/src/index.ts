export { exitCodes } from "./flags/help.ts";
export type { Output, RunOptions } from "./run.ts";
export { runCommandLine } from "./run.ts";
