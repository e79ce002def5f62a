import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExampleClass } from "./project.ts";
import { ADVISED_PICTURES, LEAST_PICTURES, remarksOn } from "./readiness.ts";

const classOf = (
  name: string,
  count: number,
  groupOf = (_: number): string | undefined => undefined,
): ExampleClass => ({
  id: name || "unnamed",
  name,
  pictures: Array.from({ length: count }, (_, index) => {
    const group = groupOf(index);
    return { id: `${name}${index}`, name: "", ...(group === undefined ? {} : { group }) };
  }),
});

const codes = (...classes: ExampleClass[]) => remarksOn(classes).map(({ code, stops }) => [code, stops]);

test("less than two classes, or no picture at all, is one remark and no more", () => {
  for (const classes of [[], [classOf("a", 50)], [classOf("a", 0), classOf("b", 0)]])
    assert.deepEqual(codes(...classes), [["too-few-classes", true]]);
});

test("names are there and differ", () => {
  assert.deepEqual(codes(classOf(" ", 30), classOf("b", 30)), [["class-unnamed", true]]);
  assert.deepEqual(codes(classOf("b", 30), { ...classOf("b ", 30) }), [["class-twice", true]]);
});

test("a class needs pictures, and more moments of the camera than one", () => {
  assert.deepEqual(remarksOn([classOf("a", LEAST_PICTURES - 1), classOf("b", 30)]), [
    { code: "too-few-pictures", stops: true, name: "a", count: LEAST_PICTURES - 1 },
  ]);
  assert.deepEqual(
    codes(
      classOf("a", 16, (index) => `x/${Math.floor(index / 8)}`),
      classOf("b", 30),
    ),
    [["too-few-moments", true]],
  );
  assert.deepEqual(
    codes(
      classOf("a", 24, (index) => `x/${Math.floor(index / 8)}`),
      classOf("b", 30),
    ),
    [],
  );
});

test("what can be trained, though better with more, is advice", () => {
  assert.deepEqual(codes(classOf("a", ADVISED_PICTURES - 1), classOf("b", 96)), [
    ["few-pictures", false],
    ["uneven", false],
  ]);
  assert.deepEqual(codes(classOf("a", ADVISED_PICTURES), classOf("b", 5 * ADVISED_PICTURES)), []);
});
