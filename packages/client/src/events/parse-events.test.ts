// Expected values: the examples of the HTML Living Standard, 9.2.6, and by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createEventParser } from "./parse-events.ts";

const cases: readonly [string, string, readonly (readonly [string, string])[]][] = [
  ["data over several lines", "data: YHOO\ndata: +2\ndata: 10\n\n", [["", "YHOO\n+2\n10"]]],
  [
    "comments, ids, an id that is emptied, one space taken away",
    ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
    [
      ["1", "first event"],
      ["", "second event"],
      ["", " third event"],
    ],
  ],
  [
    "data that is empty, and a message that is not complete",
    "data\n\ndata\ndata\n\ndata:",
    [
      ["", ""],
      ["", "\n"],
    ],
  ],
  [
    "an id goes on to the next message; colons in a value",
    "id: 7\ndata: a\n\ndata: b:c\n\n",
    [
      ["7", "a"],
      ["7", "b:c"],
    ],
  ],
  [
    "all kinds of line ends, a mark at the start, fields that there are not",
    "\uFEFFdata: a\r\n\r\nevent: x\rretry: 5\rdata: b\r\rdata: c\n\n",
    [
      ["", "a"],
      ["", "b"],
      ["", "c"],
    ],
  ],
  ["an id with a null is none", "id: 3\nid: 4\0\ndata: a\n\n", [["3", "a"]]],
];

for (const [name, text, expected] of cases) {
  test(`${name}, cut anywhere`, () => {
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const parse = createEventParser();
        const messages = places.slice(1).flatMap((end, index) => parse(text.slice(places[index]!, end)));
        assert.deepEqual(
          messages.map(({ id, data }) => [id, data]),
          expected,
        );
      }),
    );
  });
}
