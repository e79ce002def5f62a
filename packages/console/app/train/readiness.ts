import type { Classes, ExampleClass } from "./project.ts";

/** What keeps a training from starting, or lets it start worse than it could. Each code has its words in texts.ts. */
export type Remark =
  | { readonly code: "too-few-classes"; readonly stops: true }
  | { readonly code: "class-unnamed"; readonly stops: true }
  | { readonly code: "class-twice"; readonly stops: true; readonly name: string }
  | { readonly code: "too-few-pictures"; readonly stops: true; readonly name: string; readonly count: number }
  | { readonly code: "too-few-moments"; readonly stops: true; readonly name: string }
  | { readonly code: "few-pictures"; readonly stops: false; readonly name: string; readonly count: number }
  | { readonly code: "uneven"; readonly stops: false; readonly most: string; readonly least: string };

/** Fewer pictures of a class leave nothing to hold out. */
export const LEAST_PICTURES = 8;
/** Groups of a class: one to measure on, and more than one to learn from. */
const LEAST_GROUPS = 3;
/** From so many on a class is learned well in most cases. */
export const ADVISED_PICTURES = 20;
/** The largest class may have so many times the pictures of the smallest before it is told. */
const UNEVEN = 5;

const groupsOf = ({ pictures }: ExampleClass): number => new Set(pictures.map(({ id, group }) => group ?? id)).size;

/** What is to be said of the examples before a training, what stops it first. */
export function remarksOn(classes: Classes): readonly Remark[] {
  if (classes.length < 2 || classes.every(({ pictures }) => pictures.length === 0))
    return [{ code: "too-few-classes", stops: true }];
  const names = classes.map(({ name }) => name.trim());
  const stops: Remark[] = [];
  if (names.includes("")) stops.push({ code: "class-unnamed", stops: true });
  const twice = names.find((name, index) => name !== "" && names.indexOf(name) !== index);
  if (twice !== undefined) stops.push({ code: "class-twice", stops: true, name: twice });
  for (const one of classes) {
    const { name, pictures } = one;
    if (pictures.length < LEAST_PICTURES)
      stops.push({ code: "too-few-pictures", stops: true, name, count: pictures.length });
    else if (groupsOf(one) < LEAST_GROUPS) stops.push({ code: "too-few-moments", stops: true, name });
  }
  return stops.length > 0 ? stops : adviceOn(classes);
}

function adviceOn(classes: Classes): readonly Remark[] {
  const advice: Remark[] = classes
    .filter(({ pictures }) => pictures.length < ADVISED_PICTURES)
    .map(({ name, pictures }) => ({ code: "few-pictures", stops: false, name, count: pictures.length }));
  const bySize = classes.toSorted((a, b) => a.pictures.length - b.pictures.length);
  const [least, most] = [bySize[0]!, bySize.at(-1)!];
  if (most.pictures.length > UNEVEN * least.pictures.length)
    advice.push({ code: "uneven", stops: false, most: most.name, least: least.name });
  return advice;
}
