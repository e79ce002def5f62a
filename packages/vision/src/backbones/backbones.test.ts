import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createBuilder,
  createSession,
  createStatefulSession,
  createTrainingStep,
  float32,
  type Graph,
  numbersOf,
  optimizers,
  portableTarget,
  type Value,
} from "@foveajs/graph";
import { createRandom } from "../augment/random.ts";
import { createScope, inside, type Parameter } from "../layers/scope.ts";
import { basicBlock } from "./residual.ts";
import { type BackboneSpec, backboneOf, backboneSchema, backbones, buildBackbone } from "./table.ts";

interface Case {
  readonly spec: BackboneSpec;
  /** [height, width] */
  readonly sizes: readonly (readonly [number, number])[];
  /** Of each map, finest first. */
  readonly channels: readonly number[];
  /** The same with more of its blocks that keep their input's shape. */
  readonly deeper: BackboneSpec;
  /** Trained numbers, counted by hand. */
  readonly parameters: number;
}

// Kernels are out * in * k * k, a normalisation has 2 numbers a channel.
const cases: { readonly [Family in BackboneSpec["family"]]: Case } = {
  residual: {
    spec: { family: "residual", stem: 4, widths: [6, 8], blocks: [1, 2] },
    deeper: { family: "residual", stem: 4, widths: [6, 8], blocks: [3, 3] },
    sizes: [
      [16, 16],
      [17, 13],
      [5, 30],
      [1, 1],
    ],
    channels: [6, 8],
    parameters:
      4 * 3 * 9 +
      8 + // stem
      (6 * 4 * 9 + 12 + (6 * 6 * 9 + 12) + (6 * 4 + 12)) + // stage 0: two kernels and the skip's
      (8 * 6 * 9 + 16 + (8 * 8 * 9 + 16) + (8 * 6 + 16)) + // stage 1, the block that halves
      2 * (8 * 8 * 9 + 16), // stage 1, a block whose skip is the identity
  },
  pyramid: {
    spec: { family: "pyramid", stem: [4, 6], widths: [8, 10, 12], blocks: [1, 0, 2], lateral: 6 },
    deeper: { family: "pyramid", stem: [4, 6], widths: [8, 10, 12], blocks: [2, 2, 2], lateral: 6 },
    sizes: [
      [64, 64],
      [32, 96],
    ],
    channels: [6, 6, 6],
    parameters:
      4 * 3 * 9 +
      8 +
      (6 * 4 * 9 + 12) + // stem
      (8 * 6 * 9 + 16) +
      (10 * 8 * 9 + 20) +
      (12 * 10 * 9 + 24) + // down to strides 8, 16, 32
      (4 * 8 + 8 + (4 * 4 * 9 + 8) + (8 * 4 + 16)) + // bottleneck at stride 8
      2 * (6 * 12 + 12 + (6 * 6 * 9 + 12) + (12 * 6 + 24)) + // two at stride 32
      6 * (8 + 10 + 12) +
      3 * 12 + // lateral
      3 * (6 * 6 * 9 + 12), // smooth
  },
};

interface Built {
  readonly graph: Graph;
  readonly maps: readonly Value[];
  readonly parameters: readonly Parameter[];
}

/** A backbone over pictures [batch, 3, height, width] with the mean of squares of all its maps, less 1, as loss. */
function built({ spec }: Case, [height, width]: readonly [number, number], { seed = 5, batch = 2 } = {}): Built {
  const build = createBuilder();
  const scope = createScope(build, createRandom(seed, "weights"));
  const maps = buildBackbone(scope, build.input("image", [batch, 3, height, width]), spec);
  const losses = maps.map((map) => {
    const missing = build.sub(map, 1);
    return build.reduceMean(build.mul(missing, missing), { keepDims: false });
  });
  build.output(
    losses.reduce((sum, loss) => build.add(sum, loss)),
    "loss",
  );
  maps.forEach((map, level) => {
    build.output(map, `map${level}`);
  });
  return { graph: build.build(), maps, parameters: scope.parameters };
}

for (const [family, item] of Object.entries(cases)) {
  const { spec, sizes, channels, parameters: count } = item;

  test(`${family}: its schema takes the spec as it is`, () => {
    assert.deepEqual(backboneSchema.parse(spec), spec);
    assert.ok(family in backbones);
  });

  test(`${family}: maps have the shapes that its strides say, at every size`, async () => {
    for (const size of sizes) {
      const { graph, maps } = built(item, size);
      const strides = backboneOf(spec).strides(spec);
      const expected = strides.map((stride, map) => [
        ...[2, channels[map]],
        ...size.map((extent) => Math.ceil(extent / stride)),
      ]);
      assert.deepEqual(
        maps.map(({ shape }) => shape),
        expected,
      );
      // what the builder infers must be what runs
      const session = await createSession(graph, { threads: 1 });
      const outputs = await session.run({ image: float32([2, 3, ...size]) });
      assert.deepEqual(
        maps.map((_, level) => outputs[`map${level}`]!.shape),
        expected,
      );
      await session.dispose();
    }
  });

  test(`${family}: weights are counted by hand, each with one role and a name of its own`, () => {
    const { graph, parameters } = built(item, sizes[0]!);
    const names = new Set(parameters.map(({ name }) => name));
    assert.equal(names.size, parameters.length);
    assert.equal(
      parameters.reduce((sum, { name }) => sum + graph.initializers.get(name)!.data.length, 0),
      count,
    );
    for (const [name, { shape }] of graph.initializers) {
      if (/\.(weight|scale|bias)$/.test(name)) assert.ok(names.has(name), `${name} is not trained`);
      const role = parameters.find((parameter) => parameter.name === name)?.role;
      if (role) assert.equal(role === "vector", shape.length === 1, `${name}: ${role}`);
    }
    assert.deepEqual(
      parameters.filter(({ role }) => role === "edge").map(({ name }) => name.split(".")[0]?.slice(0, 4)),
      ["stem"],
    );
  });

  test(`${family}: weights depend on the seed and not on the size`, () => {
    const weights = (...rest: Parameters<typeof built> extends [Case, ...infer Rest] ? Rest : never) => {
      const { graph, parameters } = built(item, ...rest);
      return parameters.map(({ name }) => numbersOf(graph.initializers.get(name)!));
    };
    assert.deepEqual(weights(sizes[0]!), weights(sizes[0]!));
    assert.deepEqual(weights(sizes[0]!), weights(sizes[1]!, { batch: 1 }));
    assert.notDeepEqual(weights(sizes[0]!), weights(sizes[0]!, { seed: 6 }));
  });

  // A fresh block that keeps its input's shape is its skip, and what is there already keeps its weights.
  test(`${family}: more fresh blocks change nothing`, async () => {
    const random = createRandom(2);
    const [height, width] = sizes[0]!;
    const image = float32(
      [2, 3, height, width],
      Array.from({ length: 6 * height * width }, () => random.normal()),
    );
    const [shallow, deep] = await Promise.all(
      [item, { ...item, spec: item.deeper }].map(async (other) => {
        const session = await createSession(built(other, sizes[0]!).graph, { threads: 1 });
        const outputs = await session.run({ image });
        await session.dispose();
        return Object.keys(outputs).map((name) => numbersOf(outputs[name]!));
      }),
    );
    const after = deep!.flat();
    shallow!.flat().forEach((value, index) => {
      assert.ok(Math.abs(value - after[index]!) < 1e-5);
    });
  });

  test(`${family}: after a few steps every weight has moved, and the loss is lower`, async () => {
    const { graph, parameters } = built(item, sizes[0]!, { batch: 4 });
    const groups = [{ parameters: parameters.map(({ name }) => name), optimizer: optimizers.adamw(), rate: "rate" }];
    const loss = { ...graph, outputs: graph.outputs.filter(({ name }) => name === "loss") };
    const step = createTrainingStep(loss, {
      loss: "loss",
      groups,
      batchInputs: ["image"],
      extents: {},
      target: portableTarget,
    });
    const session = await createStatefulSession(step.graph, step.state, { threads: 1 });
    await session.write(step.initial);
    const random = createRandom(9);
    const [height, width] = sizes[0]!;
    const data = Float32Array.from({ length: 3 * height * width * 4 }, () => random.normal());
    const losses: number[] = [];
    for (let index = 0; index < 6; index++) {
      const image = { dtype: "float32", shape: [3, height, width, 4], data: data.slice() } as const;
      const outputs = await session.step({ image, rate: float32([1], [0.01]) });
      losses.push(numbersOf(outputs.loss!)[0]!);
    }
    const state = await session.read();
    await session.dispose();
    for (const { name } of parameters) {
      // the first moment of a weight that never had a gradient is exactly 0
      assert.ok(
        state.get(`first_moment/${name}`)!.some((value) => value !== 0),
        `${name} takes no gradient`,
      );
    }
    assert.ok(losses.at(-1)! < losses[0]!, losses.join(" "));
  });
}

// A fresh block's last scale is 0: what comes out is ReLU of what goes in, here positive.
test("a fresh residual block is its skip", async () => {
  const build = createBuilder();
  const scope = createScope(build, createRandom(1));
  build.output(basicBlock(inside(scope, "block"), build.input("x", [1, 4, 6, 6]), { filters: 4, stride: 1 }), "y");
  const session = await createSession(build.build(), { threads: 1 });
  const x = float32(
    [1, 4, 6, 6],
    Array.from({ length: 144 }, (_, index) => 1 + Math.sin(index)),
  );
  const { y } = await session.run({ x });
  await session.dispose();
  assert.deepEqual(numbersOf(y!), numbersOf(x));
});

test("specs that would leave a stage out or halve an odd width are refused, with the field", () => {
  for (const { spec, path } of [
    { spec: { ...cases.residual.spec, blocks: [1] }, path: "blocks" },
    { spec: { ...cases.pyramid.spec, widths: [8, 9, 12] }, path: "widths.1" },
    { spec: { ...cases.pyramid.spec, stem: [4] }, path: "stem" },
  ]) {
    assert.deepEqual(
      backboneSchema.safeParse(spec).error?.issues.map((issue) => issue.path.join(".")),
      [path],
    );
  }
});
