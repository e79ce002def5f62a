/** Characters after which a slash starts a regular expression; after anything else it divides. */
const beforeRegex = /(?:^|[(,=:[!&|?{};+\-*%<>~^\n]|\b(?:return|typeof|case|in|of|yield|await|else|do))\s*$/;

/**
 * The source with comments, template literals and regular expressions blanked out by spaces, so that a pattern finds
 * code only. Line breaks stay, hence line numbers too; string literals stay, as they hold the import paths.
 */
export function maskSource(source) {
  let masked = "";
  let index = 0;
  const blank = (end) => {
    masked += source.slice(index, end).replace(/[^\n]/g, " ");
    index = end;
  };
  while (index < source.length) {
    const rest = source.slice(index, index + 2);
    const character = source[index];
    if (rest === "//") blank(endOf(source, "\n", index));
    else if (rest === "/*") blank(endOf(source, "*/", index + 2) + 2);
    else if (character === "`") blank(endOfTemplate(source, index));
    else if (character === '"' || character === "'") {
      const end = endOfQuoted(source, character, index);
      masked += source.slice(index, end);
      index = end;
    } else if (character === "/" && beforeRegex.test(masked.slice(-40))) blank(endOfRegex(source, index));
    else {
      masked += character;
      index += 1;
    }
  }
  return masked;
}

/**
 * All import paths of a source with their line (from 1): `import`, `import type`, `export ... from`, and `import(...)`,
 * also in types. Reads masked source.
 */
export function importsOf(masked) {
  const pattern =
    /(?:^|[;}\n])\s*(?:import|export)\b[^;"'=()]*?\bfrom\s*(["'])([^"'\n]+)\1|(?:^|[;}\n])\s*import\s*(["'])([^"'\n]+)\3|\bimport\s*\(\s*(["'])([^"'\n]+)\5/g;
  const found = [];
  for (const match of masked.matchAll(pattern)) {
    const specifier = match[2] ?? match[4] ?? match[6];
    // The path stands at the end of the match: a statement over several lines is reported where its path is.
    found.push({ specifier, line: lineAt(masked, match.index + match[0].length) });
  }
  return found;
}

/** Line number, from 1, of a position in a text. */
export function lineAt(text, position) {
  return text.slice(0, position).split("\n").length;
}

function endOf(source, token, from) {
  const end = source.indexOf(token, from);
  return end === -1 ? source.length : end;
}

/** End of a quoted string, after its closing quote; an unclosed one ends with its line. */
function endOfQuoted(source, quote, start) {
  let index = start + 1;
  while (index < source.length && source[index] !== quote && source[index] !== "\n") {
    index += source[index] === "\\" ? 2 : 1;
  }
  return Math.min(index + 1, source.length);
}

/** End of a template literal, after its closing backtick; literals within its `${}` are part of it. */
function endOfTemplate(source, start) {
  let index = start + 1;
  let depth = 0; // of braces within ${}
  while (index < source.length) {
    const character = source[index];
    if (character === "\\") index += 1;
    else if (depth === 0 && character === "`") return index + 1;
    else if (depth === 0 && character === "$" && source[index + 1] === "{") {
      depth = 1;
      index += 1;
    } else if (depth > 0 && character === "{") depth += 1;
    else if (depth > 0 && character === "}") depth -= 1;
    else if (depth > 0 && character === "`") index = endOfTemplate(source, index) - 1;
    else if (depth > 0 && (character === '"' || character === "'")) index = endOfQuoted(source, character, index) - 1;
    index += 1;
  }
  return source.length;
}

/** End of a regular expression; a slash within [ ] does not close it. One without end is only a division sign. */
function endOfRegex(source, start) {
  let index = start + 1;
  let inClass = false;
  while (index < source.length && source[index] !== "\n") {
    const character = source[index];
    if (character === "\\") index += 1;
    else if (character === "[") inClass = true;
    else if (character === "]") inClass = false;
    else if (character === "/" && !inClass) return index + 1;
    index += 1;
  }
  return start + 1;
}
