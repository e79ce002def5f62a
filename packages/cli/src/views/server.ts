import { formatPairs, printable } from "../output/table.ts";
import type { ResultOf, ViewMaker } from "./view.ts";

/** Where the server is, and who is let in. */
export const serveView: ViewMaker<ResultOf<"serve">> = ({ style }) => ({
  item({ url, purpose, keys, console }) {
    const access = keys === 0 ? "no keys: only this machine is answered" : `${keys} API ${keys === 1 ? "key" : "keys"}`;
    const pairs = [
      ...(console ? [["console", url] as const] : []),
      ["reference", `${url}/docs`],
      ["access", access],
      ["purpose", purpose],
    ] as const;
    const shown = pairs.map(([label, value]) => [style.dim(`  ${label}`), value] as const);
    return `${style.green("listening")} at ${style.bold(url)}; Ctrl-C ends it\n${formatPairs(shown)}`;
  },
  end: () => "stopped; all that was taken on is answered\n",
});

/** The key, which nobody can show again. */
export const createKeyView: ViewMaker<ResultOf<"keys create">> = ({ style }) => ({
  item: (key) => `${style.bold(key.key)}\n${keyLine(key)}\n`,
  end: () => style.dim("Keep it now: only its hash is stored. Send it as Authorization: Bearer KEY.\n"),
});

/** A line a key. */
export const listKeysView: ViewMaker<ResultOf<"keys list">> = () => {
  let count = 0;
  return {
    item(key) {
      count++;
      return `${keyLine(key)}\n`;
    },
    end: () => (count === 0 ? "no keys: the server answers this machine only\n" : ""),
  };
};

/** The key that may no longer be used. */
export const revokeKeyView: ViewMaker<ResultOf<"keys revoke">> = () => ({
  item: (key) => `${keyLine(key)}\n`,
  end: () => "",
});

function keyLine({ id, name, scopes, expires, revoked }: ResultOf<"keys list">): string {
  const until =
    revoked !== null
      ? `revoked ${revoked.slice(0, 10)}`
      : expires === null
        ? "does not expire"
        : `until ${expires.slice(0, 10)}`;
  return [id, scopes.join(","), until, printable(name)].filter((part) => part !== "").join("  ");
}
