import { recall, remember } from "./memory.ts";
import { chooseLanguage, fill, type Language, type Texts, type Values } from "./text.ts";

let current = $state<Language>(chooseLanguage(recall("language"), navigator.languages));

/** The language that is shown; setting it is remembered. */
export const language = {
  get current(): Language {
    return current;
  },
  set current(value: Language) {
    current = value;
    remember("language", value);
  },
};

/**
 * A function that says the texts of a table in the current language: `say("faces", { count: 3 })`. What is said in
 * markup follows a change of language.
 */
export const speaker =
  <T extends Texts>(texts: T): ((key: keyof T & string, values?: Values) => string) =>
  (key, values) =>
    fill(texts[key]![current], values);
