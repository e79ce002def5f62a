/** What is chosen before a training, as the page keeps it. */
export interface Settings {
  /** As it was written. */
  readonly name: string;
  readonly minutes: number;
  readonly mirror: "auto" | "yes" | "no";
  readonly place: "page" | "server";
}

/** Two minutes tell three classes apart on a small machine too. */
export const firstSettings: Settings = { name: "", minutes: 2, mirror: "auto", place: "page" };

/** What the trainer is told of mirror images; undefined: it decides by the classes. */
export const flipOf = (mirror: Settings["mirror"]): boolean | undefined =>
  mirror === "auto" ? undefined : mirror === "yes";

/** Settings out of what was kept; what is missing or odd is as at first. */
export function readSettings(text: string | undefined): Settings {
  let kept: Partial<Settings> | null = null;
  try {
    kept = JSON.parse(text ?? "null") as Partial<Settings> | null;
  } catch {
    // it was kept by something else
  }
  const { name, minutes, mirror, place } = kept ?? {};
  return {
    name: typeof name === "string" ? name : firstSettings.name,
    minutes: typeof minutes === "number" && minutes > 0 ? minutes : firstSettings.minutes,
    mirror: mirror === "yes" || mirror === "no" ? mirror : firstSettings.mirror,
    place: place === "server" ? place : firstSettings.place,
  };
}
