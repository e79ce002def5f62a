import type { BinaryReader } from "@bufbuild/protobuf/wire";
import { errors } from "../errors.ts";
import { opsetFields } from "./fields.ts";
import { standardDomain } from "./read-graph.ts";
import { integer, readFields, text } from "./wire-reader.ts";

/** Reads an OperatorSetIdProto up to `end`. */
export function readOpset(reader: BinaryReader, end: number): { domain: string; version: number } {
  let domain = "";
  let version = 0;
  readFields(reader, end, "an opset", {
    [opsetFields.domain]: text((value) => {
      domain = standardDomain(value);
    }),
    [opsetFields.version]: integer((value) => {
      version = value;
    }),
  });
  if (version < 1)
    throw errors["onnx-malformed"]({
      where: `the opset of the domain "${domain}"`,
      problem: `has the version ${version}`,
    });
  return { domain, version };
}
