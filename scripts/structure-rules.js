import { builtinModules } from "node:module";
import { isTestSupport, targetsOf, topFolder, withinSource } from "./source-package.js";

/** Offences of one package against the table: packages it may not import, folders in the wrong order. */
export function checkPackage(pack, packages, table) {
  const row = table[pack.folder];
  if (row === undefined) {
    return [
      {
        file: `${pack.path}/package.json`,
        line: 1,
        rule: "unknown-package",
        expected: `one of the packages ${Object.keys(table).join(", ")}`,
        received: pack.folder,
        help: "add a row to the table at the top of scripts/check-structure.js.",
      },
    ];
  }
  const imports = pack.files.flatMap((file) => {
    const at = (imported) => ({ file: file.path, line: imported.line });
    const own = file.imports.flatMap((imported) =>
      targetsOf(imported.specifier, file, pack).flatMap((target) =>
        checkOrder(file, target, pack, row).map((offence) => ({ ...at(imported), ...offence })),
      ),
    );
    const foreign = file.imports
      .filter(({ specifier }) => !/^[.#]/.test(specifier))
      .flatMap((imported) =>
        checkForeign(imported.specifier, file, { pack, packages, row }).map((offence) => ({
          ...at(imported),
          ...offence,
        })),
      );
    return [...own, ...foreign];
  });
  return [...checkFolders(pack, row), ...imports];
}

/** Folders that the table does not name, each told once. */
function checkFolders(pack, row) {
  const firstFiles = new Map();
  for (const file of pack.files) {
    const folder = topFolder(withinSource(file, pack));
    if (folder !== undefined && !firstFiles.has(folder)) firstFiles.set(folder, file);
  }
  return [...firstFiles]
    .filter(([folder]) => !row.folders.includes(folder))
    .map(([folder, file]) => ({
      file: file.path,
      line: 1,
      rule: "unknown-folder",
      expected: `a folder of ${pack.source} named in the table (${row.folders.join(", ") || "none"})`,
      received: `${folder}/`,
      help: "put the folder's name at its place in the table at the top of scripts/check-structure.js.",
    }));
}

function checkOrder(file, target, pack, row) {
  const from = topFolder(withinSource(file, pack));
  const to = topFolder(target);
  if (target.startsWith("../")) {
    return [
      {
        rule: "outside-import",
        expected: `an import within ${pack.source}`,
        received: target,
        help: "import another package by its name.",
      },
    ];
  }
  if (from === undefined) return [];
  if (["index.ts", "browser.ts", "main.ts"].includes(target)) {
    return [
      {
        rule: "index-import",
        expected: "an import of the file that holds the thing",
        received: target,
        help: `${target} gathers the package for others: nothing within it imports it.`,
      },
    ];
  }
  const position = row.folders.indexOf(from);
  if (to === undefined || to === from || position === -1) return [];
  const allowed = row.folders.slice(0, position);
  if (allowed.includes(to) || !row.folders.includes(to)) return [];
  return [
    {
      rule: "folder-order",
      expected: `${from}/ to import only ${[...allowed, from].map((name) => `${name}/`).join(", ")}`,
      received: target,
      help: `${to}/ stands after ${from}/: move the shared part to a lower folder, or pass it in as a value.`,
    },
  ];
}

/** Offences of an import by package name. */
function checkForeign(specifier, file, { pack, packages, row }) {
  if (specifier.startsWith("node:")) return [];
  if (builtinModules.includes(specifier)) {
    return [{ rule: "node-import", expected: `"node:${specifier}"`, received: `"${specifier}"`, help: "add node:." }];
  }
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  const sibling = packages.find(({ npmName }) => npmName === name);
  const allowed = isTestSupport(file, pack) ? [...row.imports, ...(row.testImports ?? [])] : row.imports;
  if (sibling !== undefined && !allowed.includes(sibling.folder)) {
    return [
      {
        rule: "package-order",
        expected: `${pack.folder} to import only ${allowed.join(", ") || "no package of this workspace"}`,
        received: name,
        help: "imports point one way: move the shared part down, or pass it in as a value.",
      },
    ];
  }
  if (pack.dependencies.includes(name)) return [];
  if (pack.testDependencies.includes(name) && isTestSupport(file, pack)) return [];
  return [
    {
      rule: "undeclared-import",
      expected: `a dependency declared in ${pack.path}/package.json`,
      received: name,
      help: `run \`npm install ${name} --workspace ${pack.path}\` and add a row to docs/dependencies.md.`,
    },
  ];
}

/** Import cycles between the files of a package, type-only imports included; told where the circle closes. */
export function findCycles(pack) {
  const byName = new Map(pack.files.map((file) => [withinSource(file, pack), file]));
  const state = new Map(); // name -> "open" while on the stack, "done" after
  const stack = [];
  const offences = [];
  const visit = (name) => {
    state.set(name, "open");
    stack.push(name);
    const file = byName.get(name);
    for (const { specifier, line } of file.imports) {
      for (const target of targetsOf(specifier, file, pack)) {
        if (!byName.has(target)) continue;
        if (state.get(target) === "open") {
          offences.push({
            file: file.path,
            line,
            rule: "import-cycle",
            expected: "no cycle of imports",
            received: [...stack.slice(stack.indexOf(target)), target].join(" -> "),
            help: "move what both need to a file of its own.",
          });
        } else if (!state.has(target)) visit(target);
      }
    }
    stack.pop();
    state.set(name, "done");
  };
  for (const name of byName.keys()) if (!state.has(name)) visit(name);
  return offences;
}
