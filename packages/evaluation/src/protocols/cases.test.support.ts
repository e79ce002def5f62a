import { readFileSync } from "node:fs";
import { readBoxPredictions } from "./box-predictions.ts";
import { readClassPredictions } from "./class-predictions.ts";
import { fixtureTexts } from "./fixture.test.support.ts";
import { readPoints } from "./jd106/release.ts";
import { readLandmarkPredictions } from "./landmark-predictions.ts";
import { readMultitaskPredictions } from "./multitask-predictions.ts";
import type { Protocol, ReadOptions, Scores, Test } from "./protocol.ts";
import { filesInMemory } from "./release-files.ts";
import { readSimilarityPredictions } from "./similarity-predictions.ts";
import { type ProtocolId, protocolOf } from "./table.ts";

export type Texts = Readonly<Record<string, string>>;

/** A release and predictions of it, of some of which the fixtures have a reference's score. */
export interface ProtocolCase {
  readonly texts: Texts;
  /** A table, or COCO's results. */
  readonly predictions: string;
  /** Whether the release may be incomplete, so that a sample can be taken from it. */
  readonly isPartial: boolean;
}

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), "utf8"));
const packed = (texts: Texts, predictions: string): ProtocolCase => ({ texts, predictions, isPartial: true });
const only = (texts: Texts, pattern: RegExp): Texts =>
  Object.fromEntries(Object.entries(texts).filter(([name]) => pattern.test(name)));

const { ferplus, fer2013, ckplus, mtfl, landmarks68 } = fixture("protocols");
const affect = fixture("affect");
const lfw = fixture("lfw");
const ofAffect = (id: string) => packed(affect[id].labels, affect[id].predictions);
const ofLabels = ({ labels, predictions }: { labels: string; predictions: string }) =>
  packed({ "labels.csv": labels }, predictions);

const [jd, wflw, voc, coco] = ["jd106", "wflw", "voc", "coco"].map(fixtureTexts) as [Texts, Texts, Texts, Texts];
// the official part has 2500 faces: the five of the fixture, each 500 times in another picture
const copies = (rows: readonly string[]) =>
  Array.from({ length: 500 }, (_, i) => rows.map((row) => row.replace(/\/([a-d])\.jpg/, `/$1${i}.jpg`))).flat();
const [wflwHeader = "", ...wflwPoints] = wflw["points.csv"]!.trim().split("\n");
const jdRows = Object.entries(only(jd, /^results/)).map(([name, text]) => {
  const points = readPoints(text, name) ?? Array<string>(212).fill("");
  return `${name.replace(/^results\/|\.txt$/g, "")},${points}`;
});

/** Every protocol's case. */
export const protocolCases = {
  ferplus: ofLabels(ferplus),
  fer2013: ofLabels(fer2013),
  ckplus: ofLabels(ckplus),
  affectnet: ofAffect("affectnet"),
  "affectnet-va": ofAffect("affectnet-va"),
  rafdb: ofAffect("rafdb"),
  "emotionet-2020": ofAffect("emotionet-2020"),
  "abaw4-mtl": ofAffect("abaw4-mtl"),
  "abaw4-lsd": ofAffect("abaw4-lsd"),
  disfa: ofAffect("disfa"),
  bp4d: ofAffect("bp4d"),
  "ckplus-au": ofAffect("ckplus-au"),
  mtfl: ofLabels(mtfl),
  landmarks68: ofLabels(landmarks68),
  wflw: {
    texts: {
      "WFLW/WFLW_annotations/list_98pt_rect_attr_train_test/list_98pt_rect_attr_test.txt": `${copies(
        wflw["list_98pt_rect_attr_test.txt"]!.trim().split("\n"),
      ).join("\n")}\n`,
    },
    predictions: `${[wflwHeader, ...copies(wflwPoints)].join("\n")}\n`,
    isPartial: false,
  },
  jd106: {
    texts: only(jd, /^Training_data/),
    predictions: [`id,${Array.from({ length: 106 }, (_, i) => `x${i},y${i}`)}`, ...jdRows].join("\n"),
    isPartial: false,
  },
  faces: packed(
    { "faces.csv": "file,box_x,box_y,box_w,box_h\na.png,0,0,30,30\nb.png,10,10,20,20\nc.png,1,1,9,9\n" },
    "file,x,y,width,height,score\na.png,0,0,30,30,0.9\nb.png,10,10,20,20,0.8\nb.png,50,50,9,9,0.7\n",
  ),
  voc: { texts: only(voc, /^VOCdevkit/), predictions: voc["finds.csv"]!, isPartial: false },
  coco: { texts: only(coco, /^annotations/), predictions: coco["results.json"]!, isPartial: false },
  lfw: packed({ "pairs.csv": lfw.labels }, lfw.predictions),
  folder: packed(
    { "labels.csv": "file,kind\na.png,x\nb.png,y\nc.png,y\nd.png,x\n" },
    "file,x,y\na.png,0.9,0.1\nb.png,0.8,0.2\nc.png,0.3,0.7\nd.png,0.6,0.4\n",
  ),
} as const satisfies Record<ProtocolId, ProtocolCase>;

export const protocolIds = Object.keys(protocolCases) as readonly ProtocolId[];

export const readCase = (id: ProtocolId, texts: Texts = protocolCases[id].texts, options: ReadOptions = {}) =>
  (protocolOf(id) as Protocol).read(filesInMemory(texts), options);

/** The score of a table of predictions; of pairs at threshold 0.4, of all others at 0.5. */
export function scorePredictions(from: Test, predictions: string, { resamples = 20 } = {}): Scores {
  const options = { seed: 1, resamples, threshold: 0.5 };
  switch (from.kind) {
    case "classification":
      return from.score(readClassPredictions(predictions, from, "p.csv"), options);
    case "landmarks":
      return from.score(readLandmarkPredictions(predictions, from, "p.csv"), options);
    case "detection":
      return from.score(readBoxPredictions(predictions, from, "p.csv"), options);
    case "multitask":
      return from.score(readMultitaskPredictions(predictions, from, "p.csv"), options);
    case "verification":
      return from.score(readSimilarityPredictions(predictions, from, "p.csv"), { ...options, threshold: 0.4 });
    case "objects": {
      const ending = predictions.trimStart().startsWith("[") ? ".json" : ".csv";
      return from.score(from.formats[ending]!.read([{ name: `p${ending}`, text: predictions }]), options);
    }
  }
}
