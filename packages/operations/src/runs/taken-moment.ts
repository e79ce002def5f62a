import type { TableSection } from "@foveajs/evaluation";
import type { TakenHead, TakenMoment } from "@foveajs/vision";
import type { MeasuredRun } from "./measured-run.ts";

/** Which moment each task was shipped at, what was compared for it, and what it costs; undefined where the recipe chose none. */
export function takenTable({ record: { moment, loaded } }: MeasuredRun): TableSection | undefined {
  if (moment === undefined) return undefined;
  const hasHeads = Object.keys(moment.heads).length > 0;
  const compared = hasHeads ? " Losses are of validation samples that chose neither head." : "";
  return {
    kind: "table",
    title: "What was shipped",
    summary: `${takenText(moment)} The model costs as much to run as any other: one file, one backbone.${compared}`,
    columns: [
      { name: "task", align: "text" },
      { name: "head", align: "text" },
      { name: "epoch of the backbone", align: "number" },
      ...(hasHeads ? headColumns : []),
    ],
    rows: loaded.recipe.model.tasks.map(({ name }) => {
      const head = moment.heads[name];
      const told = head?.epoch === undefined ? "the network's own" : `fitted anew, epoch ${head.epoch} of its fit`;
      return { name, cells: [{ text: told }, { text: String(moment.epoch) }, ...(hasHeads ? headCells(head) : [])] };
    }),
  };
}

const headColumns: TableSection["columns"] = [
  { name: "loss, the network's own", align: "number" },
  { name: "loss, fitted anew", align: "number" },
  { name: "gain", align: "number" },
];

/** In a sentence: which epoch, how many heads were fitted anew and taken, and the time that it took. */
export function takenText({ epoch, seconds, heads }: TakenMoment): string {
  const all = Object.values(heads);
  const taken = all.filter((head) => head.epoch !== undefined).length;
  const anew =
    all.length === 0 ? "no head was fitted anew" : `${taken} of ${all.length} heads that were fitted anew were better`;
  const what = all.length === 0 ? "choosing" : "choosing and fitting";
  const time = seconds === undefined ? "" : `; ${what} took ${secondsText(seconds)}`;
  return `The weights of epoch ${epoch}; ${anew}${time}.`;
}

const secondsText = (seconds: number): string =>
  seconds < 60 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;

function headCells(head: TakenHead | undefined): TableSection["rows"][number]["cells"] {
  const none = { text: "–" };
  if (head === undefined) return [none, none, none];
  const { own, refitted, epoch } = head;
  const gain = epoch === undefined || refitted === null ? undefined : (own - refitted) / own;
  return [
    { text: own.toFixed(4) },
    { text: refitted === null ? "–" : refitted.toFixed(4) },
    gain === undefined ? none : { text: `${(100 * gain).toFixed(1)} %`, tone: "good" },
  ];
}
