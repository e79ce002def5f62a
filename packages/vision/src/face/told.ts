import { pointSchemes } from "../data/point-schemes.ts";
import type { ModelCard } from "../model/card.ts";
import type { FaceReadings, Told } from "./types.ts";

/** What a reader tells of every face, by its tasks: classes of the face, values, landmarks, classes of each eye. */
export function toldBy({ tasks }: Pick<ModelCard, "tasks">): readonly Told[] {
  const classes = tasks.filter((task) => task.kind === "classification");
  const toldOf = (of: "face" | "eyes") =>
    classes
      .filter(({ region }) => (of === "eyes") === (region === "eye"))
      .map(({ name, labels }): Told => ({ kind: "class", name, labels, of }));
  const values = tasks
    .filter((task) => task.kind === "regression")
    .flatMap(({ values: names, derived_from }) =>
      names.map((name): Told => ({ kind: "value", name, ...(derived_from ? { derivedFrom: derived_from } : {}) })),
    );
  const points = tasks.find((task) => task.kind === "landmarks");
  const landmarks: readonly Told[] = points
    ? [{ kind: "landmarks", name: "landmarks", count: pointSchemes[points.scheme].count }]
    : [];
  return [...toldOf("face"), ...values, ...landmarks, ...toldOf("eyes")];
}

/** What values were worked out from, by name; undefined where all are measured. */
export function derivedBy(told: readonly Told[]): FaceReadings["derived"] {
  const derived = told.flatMap((one) =>
    one.kind === "value" && one.derivedFrom !== undefined ? [[one.name, one.derivedFrom] as const] : [],
  );
  return derived.length > 0 ? Object.fromEntries(derived) : undefined;
}
