// Expected: a test at level 0.05 errs in a twentieth of the cases where there is nothing to find; the rest by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { concordanceCorrelation } from "../metrics/agreement.ts";
import { seededRandom } from "../statistics/random.ts";
import { protocolCases, protocolIds, readCase, scorePredictions } from "./cases.test.support.ts";
import { remeasureMultitask } from "./multitask/evidence.ts";
import { quantityComponent } from "./multitask/measures.ts";
import type { Outcome, Remeasure } from "./outcomes.ts";
import { pairedEvidence } from "./paired-evidence.ts";
import type { Protocol } from "./protocol.ts";
import { protocolOf } from "./table.ts";

const options = { seed: 1, resamples: 60 };
const remeasured = protocolIds.flatMap((id) => {
  const { remeasure } = protocolOf(id) as Protocol;
  return remeasure === undefined ? [] : [{ id, remeasure }];
});

for (const { id, remeasure } of remeasured) {
  test(`${id}: a result does not differ from itself, in any metric that it has`, async () => {
    const { outcomes, metrics } = scorePredictions(await readCase(id), protocolCases[id].predictions);
    const found = pairedEvidence(remeasure, [outcomes!, [...outcomes!].reverse()], options)!;
    // ckplus-au tells of rare units too; they are undefined in both
    assert.deepEqual(Object.keys(found).sort(), Object.keys(metrics).sort());
    for (const [name, { value, interval, pValue, reason }] of Object.entries(found)) {
      if (Number.isNaN(metrics[name]!.value)) assert.ok(Number.isNaN(value) && reason !== undefined, name);
      else assert.deepEqual([value, interval, pValue], [0, [0, 0], 1], name);
    }
  });

  test(`${id}: evidence of another form is refused, and where it is missing nothing is told`, async () => {
    const { outcomes } = scorePredictions(await readCase(id), protocolCases[id].predictions);
    const [first, ...others] = outcomes!;
    for (const evidence of [null, 3, [], "x", { boxes: 1, labels: "2", quantities: {}, unicorn: {} }]) {
      const spoilt = [{ ...first!, evidence }, ...others];
      assert.throws(() => pairedEvidence(remeasure, [outcomes!, spoilt], options), {
        code: "evaluation/json-format",
        message: /^outcome of /,
      });
    }
    const { evidence: _, ...bare } = first!;
    assert.equal(pairedEvidence(remeasure, [[bare, ...others], outcomes!], options), undefined);
  });
}

/** Pictures with three dogs each, of which each is found by chance `skill`, surer where it is; one false find in each. */
function dogs(seed: number, skill: number, pictures = 30): Outcome[] {
  const random = seededRandom(seed);
  return Array.from({ length: pictures }, (_, i) => {
    const hits = Array.from({ length: 3 }, () => random()).filter((draw) => draw < skill);
    const scores = hits.map(() => random());
    return outcome(String(i), { dog: { positives: 3, hits: scores, falses: [random()] } });
  });
}
const outcome = (id: string, evidence: unknown, unit = id): Outcome => ({ id, unit, values: {}, evidence });

const { remeasure: remeasureVoc } = protocolOf("voc") as Required<Protocol>;
const { remeasure: remeasureCoco } = protocolOf("coco") as Required<Protocol>;

/** The share of verdicts "better" at level 0.05, of pairs of results. */
const found = (
  remeasure: Remeasure,
  pairs: readonly (readonly [readonly Outcome[], readonly Outcome[]])[],
  name: string,
) =>
  pairs.filter((pair, seed) => {
    const { pValue, interval } = pairedEvidence(remeasure, pair, { seed, resamples: 100 })![name]!;
    return pValue < 0.05 && (interval[0] > 0 || interval[1] < 0);
  }).length / pairs.length;

test("voc: equal skill is called noise but for a twentieth, a clear gain is found", () => {
  const pairsOf = (count: number, skill: number) =>
    Array.from({ length: count }, (_, i) => [dogs(2 * i, 0.5), dogs(2 * i + 1, skill)] as const);
  // of 100 trials at 0.05, 13 or more come about once in 600
  assert.ok(found(remeasureVoc, pairsOf(100, 0.5), "map_area") <= 0.12);
  assert.ok(found(remeasureVoc, pairsOf(20, 0.8), "map_area") >= 0.95);
});

test("the order of results changes the sign, not the significance; the seed decides", () => {
  const [a, b] = [dogs(1, 0.5), dogs(2, 0.65)];
  const [there, back] = [
    pairedEvidence(remeasureVoc, [a, b], options)!,
    pairedEvidence(remeasureVoc, [b, a], options)!,
  ];
  for (const name of ["map_area", "map_eleven_point"]) {
    assert.equal(there[name]!.pValue, back[name]!.pValue);
    assert.equal(there[name]!.value, -back[name]!.value);
    const turned = back[name]!.interval.map((end) => -end).reverse();
    assert.ok(there[name]!.interval.every((end, i) => Math.abs(end - turned[i]!) < 1e-12));
  }
  assert.deepEqual(pairedEvidence(remeasureVoc, [a, [...b].reverse()], options), there);
  const other = pairedEvidence(remeasureVoc, [a, b], { ...options, seed: 2 })!;
  assert.notDeepEqual(other.map_area!.interval, there.map_area!.interval);
});

/** One number, its concordance. */
const remeasureNumber = remeasureMultitask({
  quantities: ["number"],
  components: (units) => [quantityComponent("ccc", concordanceCorrelation(), units, 0)],
});

/** Frames of 12 videos; all frames of a video are off by one error, as of one face. */
function frames(seed: number, noise: number, unitOf: (video: number, frame: number) => string): Outcome[] {
  const random = seededRandom(seed);
  return Array.from({ length: 12 }, (_, video) => {
    const label = video / 6 - 1;
    const answer = label + noise * (random() + random() + random() - 1.5);
    return Array.from({ length: 10 }, (_, frame) =>
      outcome(`${video} ${frame}`, { quantities: [[label, answer + 0.02 * random()]] }, unitOf(video, frame)),
    );
  }).flat();
}

test("correlations: units are respected. Frames taken for independent would find gains in noise, videos do not", () => {
  const pairsOf = (unitOf: (video: number, frame: number) => string, noise: number) =>
    Array.from({ length: 60 }, (_, i) => [frames(2 * i, 1, unitOf), frames(2 * i + 1, noise, unitOf)] as const);
  const byVideo = (video: number) => String(video);
  const byFrame = (video: number, frame: number) => `${video} ${frame}`;
  // of 60 trials at 0.05, 9 or more come about once in 300
  assert.ok(found(remeasureNumber, pairsOf(byVideo, 1), "ccc") <= 8 / 60);
  assert.ok(found(remeasureNumber, pairsOf(byFrame, 1), "ccc") > 0.3);
  assert.ok(found(remeasureNumber, pairsOf(byVideo, 0.2), "ccc") > 0.9);
});

/** A picture of COCO with `objects` cars of medium size and finds that are right at all thresholds or at none. */
const cars = (id: number, objects: number, finds: readonly (readonly [score: number, isHit: boolean])[]): Outcome => {
  const sorted = [...finds].sort((a, b) => b[0] - a[0]);
  // all 1, small 2, medium 1, large 2: 1 + 3 * 2 + 9 + 27 * 2 = 70, the 70th of the letters from # on without \
  const letters = sorted.map(([, isHit]) => (isHit ? String.fromCharCode(36 + 70) : "#").repeat(10)).join("");
  const boxes = [
    { category: 3, objects: [objects, 0, objects, 0], scores: sorted.map(([score]) => score), outcomes: letters },
  ];
  return outcome(String(id), { boxes });
};

test("coco: the numbers are those of the outcomes by hand, a clear gain is found, masks that are not there are told", () => {
  const random = seededRandom(5);
  const pictures = (skill: number) =>
    Array.from({ length: 40 }, (_, id) =>
      cars(id, 2, [
        [random(), random() < skill],
        [random(), random() < skill],
      ]),
    );
  const [poor, good] = [pictures(0.4), pictures(0.8)];
  const { box_ap, box_ar1, box_ar_medium, box_ap_small, mask_ap } = pairedEvidence(remeasureCoco, [poor, good], {
    seed: 1,
    resamples: 200,
  })!;
  assert.ok(box_ap!.value > 0.2 && box_ap!.pValue < 0.01 && box_ap!.interval[0] > 0);
  assert.ok(box_ar1!.value > 0 && box_ar_medium!.pValue < 0.01);
  assert.deepEqual([box_ap_small!.value, mask_ap!.value], [Number.NaN, Number.NaN]);
  assert.match(mask_ap!.reason!, /boxes without masks/);
  // one picture, two cars, hit and then false: recall 1/2, precision 1 up to it: 51 of 101 levels
  const one = remeasureCoco([
    [
      cars(1, 2, [
        [0.9, true],
        [0.4, false],
      ]),
    ],
  ])([1]);
  assert.ok(Math.abs(one.box_ap!.value - 51 / 101) < 1e-12);
  assert.equal(one.box_ar100!.value, 1 / 2);
});

test("coco: a find takes ten characters and its score, and letters that are none are refused", () => {
  const finds = Array.from({ length: 100 }, (_, i) => [1 - i / 128, i % 2 === 0] as const);
  const whole = JSON.stringify(cars(7, 60, finds));
  assert.ok(whole.length < 100 * 10 + JSON.stringify(finds.map(([score]) => score)).length + 150, `${whole.length}`);
  const spoil = (boxes: object) => outcome("7", { boxes: [boxes] });
  const sound = { category: 1, objects: [1, 0, 1, 0], scores: [0.5], outcomes: "##########" };
  assert.doesNotThrow(() => remeasureCoco([[spoil(sound)]]));
  for (const wrong of [
    { outcomes: "#########" },
    { outcomes: "#########\\" },
    { outcomes: "#########u" },
    { scores: [null] },
    { scores: Array(101).fill(0.5) },
    { objects: [1, 0, 1] },
    { objects: [1, -1, 1, 0] },
    { category: -1 },
  ]) {
    assert.throws(() => remeasureCoco([[spoil({ ...sound, ...wrong })]]), { code: "evaluation/json-format" });
  }
});
