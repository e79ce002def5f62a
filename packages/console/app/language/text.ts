/** Languages of the console, by their BCP 47 tag. */
export type Language = "en" | "zh";

/** One text in all languages; `{name}` stands for a value. */
export type Text = Readonly<Record<Language, string>>;

/** The texts of a page, by a key that says what they are for. */
export type Texts = Readonly<Record<string, Text>>;

/** Values for the `{name}`s of a text. */
export type Values = Readonly<Record<string, string | number>>;

/** The language to start with: what was chosen before, else the first that the browser asks for and we speak. */
export function chooseLanguage(stored: string | undefined, wanted: readonly string[]): Language {
  if (stored === "en" || stored === "zh") return stored;
  for (const tag of wanted) {
    const [primary] = tag.toLowerCase().split("-");
    if (primary === "zh" || primary === "en") return primary;
  }
  return "en";
}

/** A text with its values put in; a `{name}` without a value stays as it is, so that it is seen. */
export const fill = (text: string, values: Values = {}): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
