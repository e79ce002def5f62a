import type { Texts } from "./cases.test.support.ts";
import type { ProtocolId } from "./table.ts";

/** Values that stand for a missing label somewhere, and a word that is no number. */
export const plantedValues = ["-5", "-1", "999", "NaN"] as const;

/**
 * What becomes of such a value in place of a label. `refused`: an error names the file and place. `missing`: the same as
 * no label there. `told`: it is a value like any other, as of a coordinate.
 */
export type Fate = "refused" | "missing" | "told";

/** One kind of label of a protocol. */
export interface Planting {
  readonly label: string;
  /** The release with this text in place of one label that is scored. */
  readonly plant: (texts: Texts, value: string) => Texts;
  readonly fates: Readonly<Record<(typeof plantedValues)[number], Fate>>;
}

const all = (fate: Fate): Planting["fates"] => ({ "-5": fate, "-1": fate, "999": fate, NaN: fate });

const edit = (texts: Texts, file: RegExp, change: (text: string) => string): Texts => {
  const name = Object.keys(texts).find((one) => file.test(one))!;
  return { ...texts, [name]: change(texts[name]!) };
};

/** A cell of a table: in the first row that `isWanted`, or that has something in this column. */
const cell = (
  column: string,
  fates: Planting["fates"],
  { file = /labels\.csv$/, isWanted = (row: string) => row !== "" } = {},
): Planting => ({
  label: column,
  fates,
  plant: (texts, value) =>
    edit(texts, file, (text) => {
      const lines = text.split("\n");
      const at = lines[0]!.split(",").indexOf(column);
      const chosen = lines.findIndex((row, i) => i > 0 && isWanted(row) && (row.split(",")[at] ?? "") !== "");
      return lines
        .map((row, i) =>
          i === chosen
            ? row
                .split(",")
                .map((own, c) => (c === at ? value : own))
                .join(",")
            : row,
        )
        .join("\n");
    }),
});

const replaced = (
  label: string,
  file: RegExp,
  pattern: RegExp,
  fates: Planting["fates"],
  write = (v: string) => v,
) => ({
  label,
  fates,
  plant: (texts: Texts, value: string) => edit(texts, file, (text) => text.replace(pattern, write(value))),
});

const coordinate = { ...all("told"), NaN: "refused" } as const;

/** Every protocol's kinds of labels. */
export const plantings = {
  ferplus: [cell("ferplus_fear", all("refused"))],
  fer2013: [cell("emotion", all("refused"))],
  ckplus: [cell("emotion", all("refused"))],
  affectnet: [cell("expression", all("refused"))],
  "affectnet-va": [
    cell("expression", all("refused")),
    // -1 is an end of the range
    cell("valence", { ...all("refused"), "-1": "told" }),
  ],
  rafdb: [cell("expression", all("refused"))],
  "emotionet-2020": [cell("AU1", all("missing"), { isWanted: (row) => /^[^,]*,[01],/.test(row) })],
  "abaw4-mtl": [
    cell(
      "valence",
      { "-5": "missing", "-1": "told", "999": "refused", NaN: "refused" },
      {
        isWanted: (row) => /^[^,]*,-?0\.\d+,/.test(row),
      },
    ),
    cell(
      "expression",
      { ...all("refused"), "-1": "missing" },
      { isWanted: (row) => /^[^,]*,[^,]*,[^,]*,\d,/.test(row) },
    ),
    cell("AU1", { ...all("refused"), "-1": "missing" }, { isWanted: (row) => /^([^,]*,){4}[01],/.test(row) }),
  ],
  "abaw4-lsd": [cell("expression", all("refused"))],
  disfa: [cell("AU1", all("refused"))],
  bp4d: [cell("AU1", all("refused"))],
  "ckplus-au": [
    replaced("action_units", /action_units\.csv$/, /,\d+:\d/, all("refused"), (value) => `,${value}:1`),
    replaced("intensity", /action_units\.csv$/, /,(\d+):\d/, all("refused"), (value) => `,$1:${value}`),
  ],
  mtfl: [cell("head_pose", all("refused")), cell("smile", all("refused")), cell("nose_x", coordinate)],
  landmarks68: [cell("x30", coordinate)],
  wflw: [
    replaced("first coordinate", /test\.txt$/, /^[\d.]+/, coordinate),
    // after 196 coordinates and the four of the box
    replaced("attribute", /test\.txt$/, /^((?:\S+ ){200})\d/, all("refused"), (value) => `$1${value}`),
  ],
  jd106: [replaced("first coordinate", /AFW_0_1_0\.jpg\.txt$/, /\n[\d.]+ /, coordinate, (value) => `\n${value} `)],
  faces: [
    cell("box_w", { "-5": "refused", "-1": "refused", "999": "told", NaN: "refused" }, { file: /faces\.csv$/ }),
    {
      ...replaced(
        "ignore",
        /faces\.csv$/,
        /^(.*)\n(.*)\n(.*)\n(.*)\n/,
        all("refused"),
        (value) => `$1,ignore\n$2,${value}\n$3,0\n$4,0\n`,
      ),
    },
  ],
  voc: [
    replaced("difficult", /0001\.xml$/, /<difficult>\d/, all("refused"), (value) => `<difficult>${value}`),
    replaced("name", /0001\.xml$/, /<name>person/, all("refused"), (value) => `<name>${value}`),
    // pixels from 1: a corner to the left of the picture is drawn by some
    replaced(
      "xmin",
      /0001\.xml$/,
      /<xmin>\d+/,
      { "-5": "told", "-1": "told", "999": "refused", NaN: "refused" },
      (value) => `<xmin>${value}`,
    ),
  ],
  coco: [
    replaced("category_id", /\.json$/, /"category_id": \d+/, all("refused"), (value) => `"category_id": ${value}`),
    replaced("iscrowd", /\.json$/, /"iscrowd": \d/, all("refused"), (value) => `"iscrowd": ${value}`),
    replaced(
      "area",
      /\.json$/,
      /"area": [\d.]+/,
      { "-5": "refused", "-1": "refused", "999": "told", NaN: "refused" },
      (value) => `"area": ${value}`,
    ),
  ],
  lfw: [cell("same", all("refused"), { file: /pairs\.csv$/ })],
  // any text names a class
  folder: [cell("kind", all("told"))],
} as const satisfies Record<ProtocolId, readonly Planting[]>;
