// Expected values by hand, from RFC 4180.
import assert from "node:assert/strict";
import { test } from "node:test";
import { numberOf, parseNumber, readTextTable } from "./text-table.ts";

const cells = (text: string) =>
  readTextTable(text, "t.csv").rows.map(({ cells, line }) => [line, ...Object.values(cells)]);

test("plain and quoted cells, byte order mark, CRLF, empty lines; lines are those of the file", () => {
  assert.deepEqual(cells("\uFEFFa,b\r\n1,\r\n\r\n,4\r\n"), [
    [2, "1", ""],
    [4, "", "4"],
  ]);
  assert.deepEqual(cells('a,b\n"x, ""y""\nz",2\n\n3,"4"\n"",5'), [
    [2, 'x, "y"\nz', "2"],
    [5, "3", "4"],
    [6, "", "5"],
  ]);
  assert.deepEqual(cells('a,"b"\n1,'), [[2, "1", ""]]);
});

test("what is no table is refused, with its line", () => {
  const refused = (text: string, message: RegExp) =>
    assert.throws(() => readTextTable(text, "t.csv", ["a"]), { code: "evaluation/table-format", message });
  refused("", /an empty file/);
  refused("b,c\n", /a column "a", received b, c/);
  refused("a,b,a\n", /"a" twice/);
  refused("a,b\n1,2\n3\n", /line 3: expected 2 cells, .* received 1/);
  refused('a,b\n1,"2\n', /line 2, cell 2/);
  refused('a,b\n1,2"\n', /line 2, cell 2/);
});

test("numbers are decimal and finite, within their bounds", () => {
  assert.deepEqual(["1", "-1.5", " 2 ", "1e3", ".5", "5."].map(parseNumber), [1, -1.5, 2, 1000, 0.5, 5]);
  for (const text of ["", "x", "1,5", "0x10", "NaN", "Infinity", "1 2", "--1"])
    assert.equal(parseNumber(text), Number.NaN);
  const row = { file: "t.csv", line: 7, cells: { a: "3.5" } };
  assert.equal(numberOf(row, "a"), 3.5);
  assert.throws(
    () => numberOf(row, "a", { whole: true }),
    /t.csv, line 7, column "a": expected a whole number, received "3.5"/,
  );
  assert.throws(() => numberOf(row, "a", { maximum: 3 }), /of at most 3/);
  assert.throws(() => numberOf({ ...row, cells: { a: "1e999" } }, "a"), /expected a number/);
});
