import path from "node:path";
import { lineAt } from "./source-scan.js";

/** Offences of a file on its own: its length, default exports, barrels. `isLoose`: outside of a package. */
export function checkFile(file, { maxLines, exemptFromLength, isLoose = false }) {
  const offences = [];
  const add = (position, offence) => offences.push({ file: file.path, line: lineAt(file.text, position), ...offence });
  const lines = file.text.replace(/\n$/, "").split("\n").length;
  if (lines > maxLines && !exemptFromLength.test(file.path)) {
    offences.push({
      file: file.path,
      line: maxLines + 1,
      rule: "file-length",
      expected: `at most ${maxLines} lines`,
      received: `${lines}`,
      help: "a file is one thing: split it by what it says.",
    });
  }
  const defaultExport = /\bexport\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b/.exec(file.masked);
  if (defaultExport !== null) {
    add(defaultExport.index, {
      rule: "default-export",
      expected: "named exports",
      received: "a default export",
      help: "name it where it is made, so that it has one name everywhere.",
    });
  }
  if (!isLoose) offences.push(...checkBarrel(file));
  return offences;
}

function checkBarrel(file) {
  // browser.ts is the index of a page, where the package's `exports` have one
  const isIndex = /^[^/]+\/[^/]+\/src\/(index|browser)\.ts$/.test(file.path);
  const offence = { file: file.path, rule: "barrel" };
  const star = /\bexport\s+(?:type\s+)?\*/.exec(file.masked);
  if (star !== null) {
    const line = lineAt(file.text, star.index);
    return [{ ...offence, line, expected: "named re-exports", received: "export *", help: "list the names." }];
  }
  if (isIndex) return [];
  const isNamedIndex = path.posix.basename(file.path) === "index.ts";
  const reexport = /\bexport\s+(?:type\s+)?\{[^}]*\}\s*from\s*["'][^"'\n]+["']\s*;?/g;
  const hasOnlyReexports = reexport.test(file.masked) && file.masked.replace(reexport, "").trim() === "";
  if (!isNamedIndex && !hasOnlyReexports) return [];
  return [
    {
      ...offence,
      line: 1,
      expected: "one index.ts a package, at src/index.ts",
      received: isNamedIndex ? "another index.ts" : "a file of re-exports only",
      help: "import from the file that holds the thing.",
    },
  ];
}
