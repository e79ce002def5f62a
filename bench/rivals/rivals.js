import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const folder = path.dirname(fileURLToPath(import.meta.url));

/** Libraries of the same field, by the name of the file here that runs them. */
export const rivals = ["human", "face-api"];

/** Installs what the rivals need, once; the registry must be in reach for it. */
export function installRivals() {
  const { dependencies } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  if (Object.keys(dependencies).every((name) => existsSync(path.join(folder, "node_modules", name)))) return;
  process.stderr.write("installing the rivals into bench/rivals (once)\n");
  const { status } = spawnSync("npm", ["install", "--ignore-scripts", "--no-save", "--no-package-lock"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error("bench/rivals: expected npm install to succeed. Is the npm registry in reach?");
}

/** One rival in a process of its own: `version`, `analyze(image, repeats)`, `dispose()`. */
export async function startRival(name) {
  const child = spawn(process.execPath, [path.join(folder, `${name}.js`)], { stdio: ["pipe", "pipe", "ignore"] });
  // the libraries write to the standard output too: only lines of JSON are answers
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`bench/rivals/${name}.js ended: expected an answer.`);
      if (value.startsWith("{")) return JSON.parse(value);
    }
  };
  const { version } = await next();
  return {
    name,
    version,
    async analyze({ width, height, data }, repeats) {
      child.stdin.write(`${JSON.stringify({ width, height, data: Buffer.from(data).toString("base64"), repeats })}\n`);
      return next();
    },
    dispose: () => child.kill(),
  };
}
