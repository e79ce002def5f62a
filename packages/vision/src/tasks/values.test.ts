import assert from "node:assert/strict";
import { test } from "node:test";
import { createBuilder, createSession, float32, numbersOf, type Value } from "@foveajs/graph";
import { createRandom } from "../augment/random.ts";
import type { ClassLabel, ValuesLabel } from "../data/types.ts";
import { createScope } from "../layers/scope.ts";
import { classification, classificationSchema } from "./classification.ts";
import { multilabel, multilabelSchema } from "./multilabel.ts";
import { gradeOf, ordinal, ordinalSchema } from "./ordinal.ts";
import { regression, regressionSchema } from "./regression.ts";
import { lossOf } from "./task.test.support.ts";

const size = { width: 8, height: 8 };
const close = (received: number, expected: number) =>
  assert.ok(Math.abs(received - expected) < 1e-5, `${received}, expected ${expected}`);
const values = (...numbers: number[]): ValuesLabel => ({ kind: "values", values: numbers });
const grade = (index: number): ClassLabel => ({ kind: "class", index });

const affect = (rest: object = {}) =>
  regressionSchema.parse({ kind: "regression", name: "affect", values: ["valence", "arousal"], ...rest });
const units = (rest: object = {}) =>
  multilabelSchema.parse({ kind: "multilabel", name: "units", labels: ["AU1", "AU2", "AU4"], ...rest });
const pain = ordinalSchema.parse({ kind: "ordinal", name: "pain", labels: ["none", "some", "much"] });

test("each head names its output after the task and is as wide as what it tells", () => {
  for (const [width, head] of [
    [2, () => regression.head(scopeOf(), maps(), affect())],
    [3, () => multilabel.head(scopeOf(), maps(), units())],
    [2, () => ordinal.head(scopeOf(), maps(), pain)],
  ] as const) {
    const [output] = head();
    assert.deepEqual(output!.value.shape, ["N", width]);
  }
  function scopeOf() {
    build = createBuilder();
    return createScope(build, createRandom(1));
  }
  function maps() {
    return [build.input("map", ["N", 6, 4, 4])];
  }
});
let build = createBuilder();

test("an unknown number has weight 0 and reads 0, so that no NaN reaches the graph", () => {
  const encoded = regression.encode(values(Number.NaN, 0.5), affect(), size).map((tensor) => [...tensor]);
  assert.deepEqual(encoded, [
    [0, 0.5],
    [0, 1],
  ]);
  assert.deepEqual(
    multilabel.encode(undefined, units(), size).flatMap((tensor) => [...tensor]),
    [0, 0, 0, 0, 0, 0],
  );
});

// By hand: in units of 2 and 4 the differences 0.5 and -2 are 0.25 and -0.5; the head's 0 is the centre.
test("regression with centres and scales: the loss counts in scales, and a fresh head tells the centres", async () => {
  const spec = affect({ loss: "l1", centres: [10, -3], scales: [2, 4] });
  const outputs = [float32([2, 2], [0.5, 9, 7, -1])];
  const labels = [values(0, Number.NaN), values(Number.NaN, 1)];
  close((await lossOf({ task: regression, spec, size, outputs, labels })).loss, (0.25 + 0.5) / 2);
  const build = createBuilder();
  const [output] = regression.head(createScope(build, createRandom(1)), [build.input("map", [1, 6, 4, 4])], spec);
  build.output(output!.value, "affect");
  const session = await createSession(build.build(), { threads: 1 });
  const map = float32(
    [1, 6, 4, 4],
    Array.from({ length: 96 }, (_, index) => Math.sin(index)),
  );
  assert.deepEqual(numbersOf((await session.run({ map })).affect!), [10, -3]);
  await session.dispose();
  for (const wrong of [{ centres: [1] }, { scales: [1, 2, 3] }, { scales: [1, 0] }]) {
    assert.equal(regressionSchema.safeParse({ ...spec, ...wrong }).success, false);
  }
});

// By hand: differences 0.5 and -2 are known, the other two are not.
test("regression: mean distance or its square over the known numbers", async () => {
  const outputs = [float32([2, 2], [0.5, 9, 7, -1])];
  const labels = [values(0, Number.NaN), values(Number.NaN, 1)];
  close((await lossOf({ task: regression, spec: affect({ loss: "l1" }), size, outputs, labels })).loss, 2.5 / 2);
  const { loss, gradients } = await lossOf({ task: regression, spec: affect(), size, outputs, labels });
  close(loss, 4.25 / 2);
  [0.5, 0, 0, -2].forEach((expected, i) => {
    close(gradients[0]![i]!, expected);
  });
});

// By hand: y = x + 1 with population variance 1.25 (0, 1, 2, 3 twice): CCC = 2.5 / (2.5 + 1).
test("regression by concordance: moments of the labelled samples only", async () => {
  const xs = [0, 1, 2, 3, 0, 1, 2, 3];
  const outputs = [float32([9, 2], [...xs.flatMap((x) => [x + 1, x]), 50, 50])];
  const labels = [...xs.map((x) => values(x, x)), values(Number.NaN, Number.NaN)];
  const { loss, gradients } = await lossOf({
    task: regression,
    spec: affect({ loss: "concordance" }),
    size,
    outputs,
    labels,
  });
  assert.ok(Math.abs(loss - (1 - 2.5 / 3.5) / 2) < 1e-4, `${loss}`);
  assert.deepEqual(gradients[0]!.slice(16).map(Math.abs), [0, 0]);
});

// By hand: -ln sigmoid(0) for each of the known ones, three times that for a positive of weight 3.
test("multilabel: mean cross-entropy over the known labels; positives by their weight", async () => {
  const outputs = [float32([2, 3], [0, 0, 0, 0, 40, -40])];
  const labels = [values(1, 0, Number.NaN), values(Number.NaN, 1, 0)];
  close((await lossOf({ task: multilabel, spec: units(), size, outputs, labels })).loss, (2 * Math.LN2) / 4);
  const weighted = units({ positive_weights: [3, 1, 1] });
  close((await lossOf({ task: multilabel, spec: weighted, size, outputs, labels })).loss, (4 * Math.LN2) / 4);
  assert.throws(() => units({ thresholds: [0.5] }), /one for each of the 3 labels, received 1/);
});

test("ordinal: a grade is the number of borders below it", async () => {
  assert.deepEqual(
    [0, 1, 2].map((index) => [...ordinal.encode(grade(index), pain, size)[0]!]),
    [
      [0, 0],
      [1, 0],
      [1, 1],
    ],
  );
  close(gradeOf([30, -30]), 1);
  close(gradeOf([0, 0]), 1);
  const { loss } = await lossOf({
    task: ordinal,
    spec: pain,
    size,
    outputs: [float32([2, 2], [0, 0, 5, 5])],
    labels: [grade(1), undefined],
  });
  close(loss, 2 * Math.LN2);
});

test("a label of shares of grades: what lies above each border", () => {
  const shares = { kind: "distribution", values: [0.1, 0.7, 0.2] } as const;
  ordinal.encode(shares, pain, size)[0]!.forEach((share, border) => {
    close(share, [0.9, 0.2][border]!);
  });
});

// By hand, from the head's own weights: b2 + W2 max(0, W1 mean + b1).
test("a hidden layer of a head: weights under the task's name, ReLU between, and a fresh one tells what a head without it tells", async () => {
  for (const head of [
    (...[scope, maps]: HeadOf) => regression.head(scope, maps, affect({ hidden: 3 })),
    (...[scope, maps]: HeadOf) => multilabel.head(scope, maps, { ...units({ hidden: 3 }), name: "affect" }),
    (...[scope, maps]: HeadOf) => ordinal.head(scope, maps, { ...pain, name: "affect", hidden: 3 }),
    (...[scope, maps]: HeadOf) => classification.head(scope, maps, { ...mood, name: "affect", hidden: 3 }),
  ]) {
    const build = createBuilder();
    const scope = createScope(build, createRandom(1));
    const [output] = head(scope, [build.input("map", [1, 4, 1, 1])]);
    build.output(output!.value, "affect");
    assert.deepEqual(scope.parameters, [
      { name: "affect.hidden.weight", role: "hidden" },
      { name: "affect.hidden.bias", role: "vector" },
      { name: "affect.weight", role: "edge" },
      { name: "affect.bias", role: "vector" },
    ]);
    const graph = build.build();
    const told = async (initializers: typeof graph.initializers) => {
      const session = await createSession({ ...graph, initializers }, { threads: 1 });
      const { affect: rows } = await session.run({ map: float32([1, 4, 1, 1], mean) });
      await session.dispose();
      return numbersOf(rows!);
    };
    const mean = [1, -2, 0.5, 3];
    assert.ok((await told(graph.initializers)).every((value) => value === 0));
    const first = numbersOf(graph.initializers.get("affect.hidden.weight")!);
    const { shape } = graph.initializers.get("affect.weight")!;
    const second = Array.from({ length: shape[0]! * 3 }, (_, index) => index - 2);
    const rows = [0, 1, 2].map((row) =>
      Math.max(
        0,
        mean.reduce((sum, value, k) => sum + value * first[4 * row + k]!, [0.5, -0.5, 9][row]!),
      ),
    );
    const outputs = await told(
      new Map([
        ...graph.initializers,
        ["affect.hidden.bias", float32([3], [0.5, -0.5, 9])],
        ["affect.weight", float32(shape, second)],
      ]),
    );
    outputs.forEach((value, index) => {
      const expected = rows.reduce((sum, unit, k) => sum + unit * second[3 * index + k]!, 0);
      assert.ok(Math.abs(value - expected) < 1e-4, `${value}, expected ${expected}`);
    });
  }
});
type HeadOf = [scope: ReturnType<typeof createScope>, maps: Value[]];
const mood = classificationSchema.parse({ kind: "classification", name: "mood", labels: ["calm", "glad"] });
