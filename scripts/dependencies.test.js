import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { packageFolders, readJson, workspaceRoot as root } from "./workspace.js";

const installScripts = ["preinstall", "install", "postinstall"];

/** Rows of docs/dependencies.md: `{ name, licence, installScript }` of each line that starts with a package's name. */
const rows = readFileSync(path.join(root, "docs", "dependencies.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => {
    const [name, _for, _why, _instead, licence, _size, installScript] = line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim());
    return { name: name.replaceAll("`", ""), licence, installScript };
  });

/** Names of all packages from the registry that a package.json of the workspace asks for. */
function declaredDependencies() {
  const manifests = [root, ...packageFolders(root)].map((folder) => readJson(path.join(folder, "package.json")));
  const own = new Set(manifests.map(({ name }) => name));
  const names = manifests.flatMap((manifest) =>
    ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"].flatMap((kind) =>
      Object.keys(manifest[kind] ?? {}),
    ),
  );
  return [...new Set(names)].filter((name) => !own.has(name)).sort();
}

test("docs/dependencies.md has one row for each dependency, and no other", () => {
  assert.deepEqual(rows.map(({ name }) => name).sort(), declaredDependencies());
});

for (const { name, licence, installScript } of rows) {
  const manifestFile = path.join(root, "node_modules", name, "package.json");
  const skip = existsSync(manifestFile) ? false : "not installed on this platform";
  test(`the row of ${name} tells its licence and whether it has an install script`, { skip }, () => {
    const manifest = readJson(manifestFile);
    assert.equal(licence, manifest.license);
    const hasScript = installScripts.some((script) => manifest.scripts?.[script] !== undefined);
    assert.equal(installScript.startsWith("yes"), hasScript, installScript);
    assert.match(installScript, /^(no$|yes, not needed: )/);
  });
}

test("install scripts stay off", () => {
  assert.match(readFileSync(path.join(root, ".npmrc"), "utf8"), /^ignore-scripts=true$/m);
});
