import { errors } from "../errors.ts";

type Values = Readonly<Record<string, unknown>>;

/** The address of a route: parameters in its path, then those that are not undefined as its query. */
export function addressOf(
  route: string,
  { base, path = {}, query = {} }: { base: string; path?: Values; query?: Values },
): string {
  const filled = route.replace(/\{(\w+)\}/g, (_, name: string) => segment(name, String(path[name])));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.append(name, String(value));
  const text = search.toString();
  return `${base.replace(/\/+$/, "")}${filled}${text === "" ? "" : `?${text}`}`;
}

/** Names that a URL would drop, and so lead to another route, are refused. */
function segment(name: string, value: string): string {
  if (/^\.{0,2}$/.test(value)) throw errors["bad-name"]({ what: name, received: value });
  return encodeURIComponent(value);
}
