import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { contentHash, readJson, readMarker, SetupError } from "./workspace.js";

const errorLines = 12; // npm's last lines hold the reason; what stands before is a summary of progress

/** What to do about a failed `npm ci`, by the code that npm prints; the first match wins. */
const remedies = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/i,
    "check the network and `npm config get registry`, then run the command again.",
  ],
  [/E401|E403|E404/, "the registry refused a package: check `npm config get registry` and your credentials for it."],
  [/EACCES|EPERM|EROFS/, "make this folder writable for you, then run the command again."],
  [/ENOSPC/, "free some disk space (about 600 MB is needed), then run the command again."],
  [/EUSAGE|in sync/, "package.json and package-lock.json disagree: run `npm install` and commit both."],
  [/EINTEGRITY/, "a download was damaged: run `npm cache verify`, then run the command again."],
];

/** Throws where this Node is older than package.json's `engines` asks ("major.minor", the form ">=20.19"). */
export function checkNodeVersion(version, engines) {
  const [major, minor] = version.replace(/^v/, "").split(".").map(Number);
  const [neededMajor, neededMinor = 0] = engines.replace(/^>=/, "").split(".").map(Number);
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return;
  throw new SetupError({
    code: "setup/node-too-old",
    message: `expected Node ${engines}, received ${version}.`,
    help: "install a newer Node from https://nodejs.org, then run the command again.",
  });
}

/**
 * Whether node_modules already holds what the lock file asks, by npm's own record of the last install. So an
 * `npm install` made by hand is not repeated. Optional packages (of other platforms) may be absent.
 */
export function isInstalled(lock, installed) {
  return Object.entries(lock.packages).every(([place, wanted]) => {
    if (!place.startsWith("node_modules/") && !place.includes("/node_modules/")) return true;
    const found = installed.packages[place];
    if (found === undefined) return wanted.optional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/** The error for a failed `npm ci`: npm's last lines and the remedy they point to. */
export function installError(npmOutput) {
  const isTelling = (line) => !/^(npm error)?\s*(at .*)?$/.test(line); // neither empty nor of a stack trace
  const lines = npmOutput.split("\n").filter(isTelling);
  const remedy = remedies.find(([pattern]) => pattern.test(npmOutput))?.[1] ?? "run `npm ci` by hand to see more.";
  return new SetupError({
    code: "setup/install-failed",
    message: `npm ci failed:\n${lines.slice(-errorLines).join("\n")}`,
    help: remedy,
  });
}

/** Installs the dependencies where package-lock.json changed since the last install; says so through `report`. */
export async function install(root, report) {
  const lockFile = path.join(root, "package-lock.json");
  const marker = path.join(root, "node_modules", ".fovea-install");
  const wanted = contentHash(root, [lockFile]);
  if (readMarker(marker) === wanted) return;
  const installedFile = path.join(root, "node_modules", ".package-lock.json");
  const isFirst = !existsSync(installedFile);
  if (isFirst || !isInstalled(readJson(lockFile), readJson(installedFile))) {
    report(isFirst ? "installing (first time, ~20 s) ..." : "installing (package-lock.json changed) ...");
    const { code, output } = await npmCi(root);
    if (code !== 0) throw installError(output);
  }
  writeFileSync(marker, `${wanted}\n`);
}

function npmCi(root) {
  // Stated here as well as in .npmrc, since an outer `npm start --silent` or NODE_ENV=production would be inherited.
  const flags = [
    "ci",
    "--ignore-scripts",
    "--include=dev",
    "--include=optional",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ];
  const npm = process.env.npm_execpath;
  const isScript = npm?.endsWith("npm-cli.js");
  const [command, args] = isScript ? [process.execPath, [npm, ...flags]] : ["npm", flags];
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      shell: !isScript && process.platform === "win32", // npm is npm.cmd there
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.on("error", (error) => resolve({ code: 1, output: `${output}\n${error.message}` }));
    child.on("close", (code) => resolve({ code, output }));
  });
}
