import { type Box, intersectionOverUnion } from "../../metrics/boxes.ts";
import type { PictureMark, ReportPicture } from "../report-input.ts";
import { widened } from "./landmarks.ts";

/** The box that a picture is about. */
export interface Subject {
  readonly role: "truth" | "answer";
  readonly box: Box;
}

/** The surroundings of a box, with the other boxes that reach into them. */
export function regionPicture(
  { id, truth, answers }: { readonly id: string; readonly truth: readonly Box[]; readonly answers: readonly Box[] },
  subject: Subject,
): Pick<ReportPicture, "sample" | "region" | "marks"> {
  const region = widened(subject.box, 0.8);
  const others: readonly Subject[] = [
    ...truth.map((box) => ({ role: "truth", box }) as const),
    ...answers.map((box) => ({ role: "answer", box }) as const),
  ];
  const isOther = ({ role, box }: Subject) =>
    (role !== subject.role || JSON.stringify(box) !== JSON.stringify(subject.box)) &&
    intersectionOverUnion(box, region) > 0;
  const near: readonly PictureMark[] = others.filter(isOther);
  return { sample: id, region, marks: [...near, { ...subject, subject: true }] };
}
