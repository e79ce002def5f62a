import { spawn } from "node:child_process";
import { constants } from "node:os";

const forwarded = ["SIGINT", "SIGTERM", "SIGHUP"];
const repeatMs = 300; // within this time the same signal again is npm's copy of it

/**
 * Whether a signal must be passed on to the child. Ctrl-C on a terminal reaches the whole foreground group, the child
 * included, and npm sends it once more: passed on again, the child would take it for a second, impatient Ctrl-C.
 */
export function mustForward(signal, { isTerminal, alreadySent }) {
  if (alreadySent) return false;
  return !(isTerminal && signal === "SIGINT");
}

/**
 * The command line that `npm start` means: without a verb it serves the console and opens it (`--no-open` leaves the browser alone);
 * what asks for help or the version stays as it is.
 */
export function withVerb(args) {
  const hasVerb = args.length > 0 && !args[0].startsWith("-");
  if (hasVerb || args.some((arg) => ["--help", "-h", "--version", "-V"].includes(arg))) return args;
  const others = args.filter((arg) => arg !== "--no-open" && arg !== "--open");
  return ["serve", ...others, ...(args.includes("--no-open") ? [] : ["--open"])];
}

/**
 * Runs a Node program with this terminal as its own and resolves to its exit code (128 + number where a signal ended
 * it). Signals are the child's to handle: this process waits until the child has ended.
 */
export function launch(file, args, { cwd }) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], { cwd, stdio: "inherit" });
    const receivedAt = new Map();
    const receive = (signal) => {
      const alreadySent = Date.now() - (receivedAt.get(signal) ?? 0) < repeatMs;
      receivedAt.set(signal, Date.now());
      if (mustForward(signal, { isTerminal: process.stdin.isTTY === true, alreadySent })) child.kill(signal);
    };
    for (const signal of forwarded) process.on(signal, receive);
    const stopWatching = onParentGone(() => receivedAt.size === 0 && receive("SIGTERM"));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      for (const name of forwarded) process.off(name, receive);
      stopWatching();
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

/**
 * Calls back once the process that started this one has ended. A SIGTERM to npm ends only the shell between npm and
 * this script; without this the child would go on alone.
 */
function onParentGone(callback) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, repeatMs);
  return () => clearInterval(timer);
}
