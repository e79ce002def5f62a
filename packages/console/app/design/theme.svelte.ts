import { recall, remember } from "../language/memory.ts";

/** `auto` follows the system. */
export type Theme = "auto" | "light" | "dark";

export const themes: readonly Theme[] = ["auto", "light", "dark"];

const isTheme = (value: string | undefined): value is Theme => themes.some((theme) => theme === value);

const stored = recall("theme");
let current = $state<Theme>(isTheme(stored) ? stored : "auto");

/** The theme that is shown; setting it draws the page anew and is remembered. */
export const theme = {
  get current(): Theme {
    return current;
  },
  set current(value: Theme) {
    current = value;
    remember("theme", value);
    const { dataset } = document.documentElement;
    if (value === "auto") delete dataset.theme;
    else dataset.theme = value;
  },
};
