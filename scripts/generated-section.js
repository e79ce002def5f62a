import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { errorText, SetupError, workspaceRoot } from "./workspace.js";

/** The text with what stands between `<!-- NAME -->` and `<!-- /NAME -->` replaced; both markers must stand once. */
export function withSection(text, name, body) {
  const parts = text.split(`<!-- ${name} -->`);
  const ends = text.split(`<!-- /${name} -->`);
  if (parts.length !== 2 || ends.length !== 2 || parts[0].length > ends[0].length) {
    throw new SetupError({
      code: "setup/no-section",
      message: `expected one <!-- ${name} --> before one <!-- /${name} -->, received ${parts.length - 1} and ${ends.length - 1}.`,
      help: "put the two markers back where the generated part belongs.",
    });
  }
  return `${parts[0]}<!-- ${name} -->\n\n${body}\n\n<!-- /${name} -->${ends[1]}`;
}

/** A Markdown table; bars inside of cells are escaped. */
export function markdownTable(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A generated document as it is and as it should be. `make` gets the present text. */
export async function compareDocument({ file, make }) {
  const present = readFileSync(path.join(workspaceRoot, file), "utf8");
  return { present, wanted: await make(present) };
}

/** Writes the documents that differ from what they should be and names them. */
export async function writeDocuments(documents) {
  try {
    for (const document of documents) {
      const { present, wanted } = await compareDocument(document);
      if (present === wanted) continue;
      writeFileSync(path.join(workspaceRoot, document.file), wanted);
      process.stdout.write(`wrote ${document.file}\n`);
    }
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${errorText(error)}\n`);
    process.exitCode = 3;
  }
}
