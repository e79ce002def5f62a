import { errors } from "../errors.ts";
import { modelFields } from "./fields.ts";

interface Format {
  readonly name: string;
  readonly remedy: string;
  readonly start: string;
  /** Bytes before the mark. */
  readonly offset?: number;
}

const anotherFormat = "Export the model to ONNX with the framework that made it.";

/** Files that are often taken for models, by the bytes they begin with (each character one byte). */
const formats: readonly Format[] = [
  { name: "a pointer of Git LFS", start: "version https://git-lfs", remedy: "Fetch the file itself: git lfs pull." },
  { name: "a web page or XML", start: "<", remedy: "Download the file itself, not the page that shows it." },
  { name: "a zip archive or a PyTorch checkpoint", start: "PK\x03\x04", remedy: `Unpack it, or: ${anotherFormat}` },
  { name: "a gzip archive", start: "\x1f\x8b", remedy: "Unpack it first." },
  { name: "an HDF5 file, as of Keras", start: "\x89HDF", remedy: anotherFormat },
  { name: "a TensorFlow Lite model", start: "TFL3", offset: 4, remedy: anotherFormat },
  {
    name: "an onnxruntime model (.ort)",
    start: "ORTM",
    offset: 4,
    remedy: "Use the .onnx file that it was made from.",
  },
  { name: "JSON", start: "{", remedy: "Name the .onnx file itself." },
  { name: "a PNG image", start: "\x89PNG", remedy: "Name the .onnx file itself." },
  { name: "a JPEG image", start: "\xff\xd8\xff", remedy: "Name the .onnx file itself." },
];

/** Wire types of the fields that a ModelProto may begin with: 0 is a number, 2 a string or message. */
const wireTypes: ReadonlyMap<number, number> = new Map(
  Object.entries(modelFields).map(([name, field]) => [field, name === "irVersion" || name === "modelVersion" ? 0 : 2]),
);

/** Refuses bytes that cannot begin an ONNX model, saying what they look like. */
export function assertLooksLikeOnnx(bytes: Uint8Array): void {
  const first = bytes[0];
  if (first === undefined) throw errors["onnx-empty"]({});
  // Fields up to 15 have tags of one byte; no model begins with a later one.
  if (first < 0x80 && wireTypes.get(first >>> 3) === (first & 7)) return;
  const format = formats.find(({ start, offset = 0 }) =>
    Array.from(start).every((character, index) => bytes[offset + index] === character.charCodeAt(0)),
  );
  const head = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  throw errors["onnx-not-onnx"]({
    found: format?.name ?? `bytes that begin with ${head}`,
    remedy: format?.remedy ?? "Name an .onnx file.",
  });
}
