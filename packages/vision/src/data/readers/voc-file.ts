import { readFile } from "node:fs/promises";
import { parseXml, XmlElement } from "@rgrove/parse-xml";
import { errors } from "../../errors.ts";

/** What an annotation file tells of one object; pixels counted from 1, the last one included. */
export interface VocObject {
  readonly name: string;
  /** To be left out of scores: too small, cut off or unclear. */
  readonly isDifficult: boolean;
  readonly xmin: number;
  readonly ymin: number;
  readonly xmax: number;
  readonly ymax: number;
  /** The place in the file, for messages. */
  readonly where: string;
}

export interface VocFile {
  /** Name of the picture; absent in files of some tools. */
  readonly filename: string | undefined;
  /** Absent where it is not told, or told as 0. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
  readonly objects: readonly VocObject[];
}

/** Reads an annotation file of PASCAL VOC (VOC2012 development kit, section 6, and Annotations/*.xml). */
export async function readVoc(path: string): Promise<VocFile> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw errors["data-missing"]({ path }, { cause });
  });
  let root: XmlElement | null;
  try {
    ({ root } = parseXml(text));
  } catch (cause) {
    const received = (cause as Error).message.split("\n")[0]!;
    throw errors["data-table"]({ where: path, expected: "an annotation in XML", received }, { cause });
  }
  if (root?.name !== "annotation") {
    throw errors["data-table"]({ where: path, expected: "an element annotation", received: root?.name ?? "none" });
  }
  const size = childrenOf(root, "size")[0];
  const [width, height] = ["width", "height"].map((name) =>
    size && childrenOf(size, name)[0] ? numberIn(size, name, path) : 0,
  );
  return {
    filename: childrenOf(root, "filename")[0]?.text.trim() || undefined,
    size: width! > 0 && height! > 0 ? { width: width!, height: height! } : undefined,
    objects: childrenOf(root, "object").map((object, i) => objectOf(object, `${path}, object ${i + 1}`)),
  };
}

function objectOf(object: XmlElement, where: string): VocObject {
  const box = childIn(object, "bndbox", where);
  const name = childIn(object, "name", where).text.trim();
  if (name === "") throw errors["data-table"]({ where, expected: "the name of a class", received: "nothing" });
  return {
    name,
    isDifficult: childrenOf(object, "difficult")[0]?.text.trim() === "1",
    xmin: numberIn(box, "xmin", where),
    ymin: numberIn(box, "ymin", where),
    xmax: numberIn(box, "xmax", where),
    ymax: numberIn(box, "ymax", where),
    where,
  };
}

const childrenOf = ({ children }: XmlElement, name: string): XmlElement[] =>
  children.filter((child): child is XmlElement => child instanceof XmlElement && child.name === name);

function childIn(element: XmlElement, name: string, where: string): XmlElement {
  const [child] = childrenOf(element, name);
  if (child !== undefined) return child;
  throw errors["data-table"]({ where, expected: `an element ${name} in ${element.name}`, received: "none" });
}

function numberIn(element: XmlElement, name: string, where: string): number {
  const text = childIn(element, name, where).text.trim();
  const value = text === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw errors["data-table"]({ where: `${where}, ${name}`, expected: "a number", received: `"${text}"` });
}
