import { linkTo, type Page, type Route, routeOf } from "./routes.ts";

let current = $state.raw<Route>(routeOf(location.hash));

addEventListener("hashchange", () => {
  current = routeOf(location.hash);
});

/** Where one is; changes with the address. */
export const router = {
  get current(): Route {
    return current;
  },
};

/** Goes to a page, as its link would. */
export function goTo(page: Page, detail?: string): void {
  location.hash = linkTo(page, detail);
}
