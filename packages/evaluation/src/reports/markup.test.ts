// Expected text by hand, from the HTML standard's rules for text, attributes and script elements.
import assert from "node:assert/strict";
import { test } from "node:test";
import { embeddedJson, html, trusted } from "./markup.ts";
import { countText, endText, intervalText, nameText, plainText, valueText } from "./numbers.ts";

test("text is escaped, markup is not, lists are joined, false and undefined are nothing", () => {
  const name = `<script>"it's" & more\u0001`;
  const { markup } = html`<b title="${name}">${[name, 1, false, undefined, trusted("<i>"), html`<u>${"<"}</u>`]}</b>`;
  const escaped = "&#60;script&#62;&#34;it&#39;s&#34; &#38; more ";
  assert.equal(markup, `<b title="${escaped}">${escaped}1<i><u>&#60;</u></b>`);
});

test("a line break of a template is nothing before a tag or a value, and a blank elsewhere", () => {
  const { markup } = html`<p class="a"
    id="b">
    <b>one
    two</b>
    ${"a\n  b"}
    </p>`;
  assert.equal(markup, `<p class="a" id="b"><b>one two</b>a\n  b</p>`);
});

test("no data can end its script element, and it reads back as it was", () => {
  const data = ["</script><script>alert(1)</script>", "<!--"];
  const { markup } = embeddedJson("d", data);
  const json = /^<script type="application\/json" id="d">(.*)<\/script>$/.exec(markup)?.[1];
  assert.ok(json !== undefined && !json.includes("<"));
  assert.deepEqual(JSON.parse(json), data);
});

test("numbers in words", () => {
  const plain = (text: string) => text.replaceAll("\u00a0", " ");
  assert.deepEqual(
    [valueText(0.8632, "fraction"), valueText(0, "fraction"), valueText(1.0284, "nats"), valueText(0.04012, "")].map(
      plain,
    ),
    ["86.3 %", "0.0 %", "1.03", "0.0401"],
  );
  assert.deepEqual([valueText(Number.NaN, "fraction"), valueText(Number.POSITIVE_INFINITY, "nats")], ["–", "∞"]);
  assert.deepEqual([plainText(1234.5), plainText(0), plainText(1e-9)], ["1235", "0", "1.00e-9"]);
  assert.equal(plain(intervalText([0.849, 0.873], "fraction")), "84.9 to 87.3 %");
  assert.equal(intervalText([Number.NaN, 1], "fraction"), "");
  assert.deepEqual([countText(3153), countText(999), countText(1234567)], ["3,153", "999", "1,234,567"]);
  assert.deepEqual([plain(endText(0.7, "fraction")), endText(0.25, "")], ["70 %", "0.250"]);
  assert.equal(nameText("macro_f1"), "macro f1");
});
