import { stringify } from "yaml";
import type { TrainingNote } from "../events.ts";

/** How the first line of a proposed recipe begins; the command that it answers follows. */
const COMMAND = "# fovea train ";

/** A recipe as YAML, headed by the command that it answers and the reasons of what was chosen. */
export function recipeText(
  fields: object,
  { command, notes }: { command: string; notes: readonly TrainingNote[] },
): string {
  const reasons = notes.map(({ what, value, why }) => `# ${oneLine(`${what}: ${value} (${why})`)}`);
  const body = stringify(fields, { lineWidth: 120, aliasDuplicateObjects: false });
  return [`${COMMAND}${oneLine(command)}`, ...reasons, "", body].join("\n");
}

/** The command that a recipe was proposed for; undefined for others. */
export const commandOf = (text: string): string | undefined =>
  text.startsWith(COMMAND) ? text.slice(COMMAND.length, text.indexOf("\n")) : undefined;

const oneLine = (text: string): string => text.replace(/\s+/g, " ");
