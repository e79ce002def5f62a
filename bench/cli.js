/**
 * Runs a bench: `read(args)` gives the flags (what it throws is a mistake of usage, exit code 2), `run(flags)` does the rest (exit code 3
 * where it fails). `--help` prints the usage.
 */
export async function runBench({ usage, read, run }) {
  let flags;
  try {
    flags = read(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`error bench/usage: ${error.message}\nhelp: ${usage}\n`);
    process.exitCode = 2;
    return;
  }
  try {
    if (flags.help) process.stdout.write(`${usage}\n`);
    else await run(flags);
  } catch (error) {
    process.stderr.write(`error ${error.code ?? "bench/failed"}: ${error.message}\nhelp: ${error.help ?? usage}\n`);
    process.exitCode = 3;
  }
}

/** Whole numbers of flags by name; the least is 1, or that which `least` names. Undefined stays so. */
export function readCounts(values, names, least = {}) {
  return Object.fromEntries(
    names.map((name) => {
      const text = values[name];
      const lowest = least[name] ?? 1;
      if (text !== undefined && (!/^\d+$/.test(text) || Number(text) < lowest))
        throw new TypeError(`--${name}: expected a whole number from ${lowest}, received ${text}.`);
      return [name, text === undefined ? undefined : Number(text)];
    }),
  );
}

/** Names of a table by commas; all of it where no text or "all" is given. */
export function readNames(flag, text = "all", table) {
  const names = text === "all" ? Object.keys(table) : text.split(",");
  const unknown = names.find((name) => !Object.hasOwn(table, name));
  if (unknown !== undefined)
    throw new TypeError(`--${flag}: expected of ${Object.keys(table).join(", ")}, received ${unknown}.`);
  return names;
}
