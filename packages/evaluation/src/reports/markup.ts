/** A piece of HTML or SVG that is safe to put into a page as it is. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in a template: text is escaped, markup is not, lists are joined, false and undefined are nothing. */
export type Content = string | number | Markup | false | undefined | readonly Content[];

/**
 * A template of HTML or SVG: `html`<p>
   ${text}</p>``. Text is safe between tags and in quoted attributes. A line break of
 * the template with its indentation is nothing before a tag or a value, and a blank elsewhere.
 */
export const html = (pieces: TemplateStringsArray, ...contents: readonly Content[]): Markup => ({
  markup: pieces.map((piece, i) => (i === 0 ? "" : rendered(contents[i - 1])) + joined(piece)).join(""),
});

/** Text that is markup already, such as a style sheet of our own. */
export const trusted = (markup: string): Markup => ({ markup });

/** Data for a script of the page to read, in `<script type="application/json">`; no text in it can end the element. */
export const embeddedJson = (id: string, data: unknown): Markup => {
  const json = JSON.stringify(data).replaceAll("<", "\\u003c");
  return html`<script type="application/json" id="${id}">${trusted(json)}</script>`;
};

const joined = (piece: string): string => piece.replace(/\n\s*(?=<|$)/g, "").replace(/\n\s*/g, " ");

function rendered(content: Content): string {
  if (content === undefined || content === false) return "";
  if (typeof content === "string") return escaped(content);
  if (typeof content === "number") return String(content);
  return "markup" in content ? content.markup : content.map(rendered).join("");
}

const escaped = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: HTML knows no such characters
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, " ")
    .replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
