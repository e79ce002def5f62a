import { fill, type Language } from "../language/text.ts";
import { nameOf } from "./label-words.ts";
import { shortCount } from "./numbers.ts";
import type { Stage } from "./outline.ts";
import { texts } from "./texts.ts";

/** What the box of a stage says: its title, its maps, its cost. */
export function stageLines(stage: Stage, language: Language): readonly string[] {
  const say = (key: keyof typeof texts, values: Readonly<Record<string, string | number>> = {}) =>
    fill(texts[key][language], values);
  const { kind, name = "", size, channels = 0, operators, parameters } = stage;
  const [width = 0, height = 0] = size ?? [];
  const maps = size ? say("stage_maps", { width, height, channels }) : say("stage_values", { channels });
  if (kind === "input") return [name, maps];
  const cost = [
    say("stage_operators", { count: operators }),
    ...(parameters > 0 ? [say("stage_parameters", { count: shortCount(parameters) })] : []),
  ];
  if (kind === "trunk" && size) return [`${width} × ${height}`, say("stage_channels", { channels }), ...cost];
  const title = {
    head: () => headName(name, language),
    join: () => say("stage_join"),
    trunk: () => say("stage_shared"),
  }[kind]();
  return [title, maps, ...cost];
}

/** Outputs of detectors are NAME_STRIDE: "faces_8". */
function headName(name: string, language: Language): string {
  const [, task, stride] = /^(.+)_(\d+)$/.exec(name) ?? [];
  return task === undefined ? nameOf(name, language) : `${nameOf(task, language)} / ${stride}`;
}
