/** The pages, in the order of the navigation. */
export const pages = ["analyze", "train", "models", "api"] as const;

export type Page = (typeof pages)[number];

/** Where one is: a page, and what of it (the name of a model). */
export interface Route {
  readonly page: Page;
  readonly detail: string | undefined;
}

/** The route of an address's fragment, such as `#/models/expression`; what is unknown leads to the first page. */
export function routeOf(fragment: string): Route {
  const [name, ...rest] = fragment
    .replace(/^#?\/?/, "")
    .split("?")[0]!
    .split("/");
  const page = pages.find((candidate) => candidate === name);
  if (page === undefined) return { page: pages[0], detail: undefined };
  const detail = rest.join("/");
  return { page, detail: detail === "" ? undefined : decoded(detail) };
}

/** The fragment that leads to a page, for `href`. */
export const linkTo = (page: Page, detail?: string): string =>
  detail === undefined ? `#/${page}` : `#/${page}/${detail.split("/").map(encodeURIComponent).join("/")}`;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
