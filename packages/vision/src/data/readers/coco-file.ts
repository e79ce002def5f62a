import { readFile } from "node:fs/promises";
import { z } from "zod";
import { errors } from "../../errors.ts";

/** The part of a COCO annotation file (cocodataset.org, "Data format", object detection) that is read here. */
const cocoSchema = z.object({
  images: z.array(
    z.object({
      id: z.int(),
      file_name: z.string().min(1),
      width: z.number().positive(),
      height: z.number().positive(),
    }),
  ),
  annotations: z.array(
    z.object({
      /** Absent in files of some tools. */
      id: z.int().optional(),
      image_id: z.int(),
      category_id: z.int(),
      /** x, y, width, height in pixels; x and y are distances from the left and top edge. */
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      /** 1: a region with many of them. */
      iscrowd: z.int().min(0).max(1).default(0),
    }),
  ),
  categories: z.array(z.object({ id: z.int(), name: z.string().min(1) })),
});

export type CocoFile = z.output<typeof cocoSchema>;

/** Reads a COCO file of instances and checks its fields; what refers to what is up to the caller. */
export async function readCoco(path: string): Promise<CocoFile> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw errors["data-missing"]({ path }, { cause });
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw errors["data-table"](
      { where: path, expected: "a COCO instances file in JSON", received: (cause as Error).message },
      { cause },
    );
  }
  const parsed = cocoSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw errors["data-table"](
    {
      where: [path, ...(issue?.path ?? [])].join(", "),
      expected: "a COCO instances file",
      received: issue?.message ?? "other fields",
    },
    { cause: parsed.error },
  );
}
