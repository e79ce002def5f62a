import type { Face, Told } from "@foveajs/vision";
import type { DownloadProgress } from "./download.ts";

/** A picture that was searched for faces, which come from the highest score down, in pixels of the upright picture. */
export interface Found {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly Face[];
  /** Reading, decoding and analysis. */
  readonly milliseconds: number;
}

/** A file that was searched, with a small JPEG of it to show. */
export interface FoundInFile extends Found {
  readonly thumbnail: Blob;
}

/** What runs where the pictures are analysed, and what the reader of faces tells. */
export interface EngineFacts {
  readonly device: string;
  readonly told: readonly Told[];
}

export interface OpenRequest {
  /** Address of the page, beside which the runtime and the codecs lie. */
  readonly base: string;
  /** The detector and the reader, by name and address. */
  readonly models: readonly ModelPlace[];
  /** Sent with each request for a model. */
  readonly headers: Readonly<Record<string, string>>;
  /** Readings that may not leave the engine. */
  readonly withheld: readonly string[];
}

/** A model and the address of its file. */
export interface ModelPlace {
  readonly name: string;
  readonly url: string;
}

export interface FileRequest {
  readonly file: Blob;
  readonly name: string;
  /** Longer side of the thumbnail, in pixels. */
  readonly thumbnailSide: number;
}

export interface FrameRequest {
  readonly frame: ImageBitmap;
  /** The frame is searched reduced to this longer side, in pixels. */
  readonly maxSide: number;
}

/** What the engine's worker can be asked: by name, what is sent and what is answered. */
export interface EngineCalls {
  readonly open: { readonly request: OpenRequest; readonly answer: EngineFacts };
  readonly file: { readonly request: FileRequest; readonly answer: FoundInFile };
  readonly frame: { readonly request: FrameRequest; readonly answer: Found };
}

export type EngineCall = keyof EngineCalls;

/** An error as it crosses threads. */
export interface SentError {
  readonly code: string;
  readonly kind: "input" | "missing" | "conflict" | "cancelled" | "internal";
  readonly message: string;
  readonly help: string;
}

/** From the page to the worker; `cancel` names a call that nobody waits for any more. */
export type ToEngine =
  | {
      readonly type: "call";
      readonly id: number;
      readonly call: EngineCall;
      readonly request: EngineCalls[EngineCall]["request"];
    }
  | { readonly type: "cancel"; readonly id: number };

/** From the worker to the page. */
export type FromEngine =
  | { readonly type: "answer"; readonly id: number; readonly answer: EngineCalls[EngineCall]["answer"] }
  | { readonly type: "failure"; readonly id: number; readonly error: SentError }
  | { readonly type: "progress"; readonly id: number; readonly progress: DownloadProgress };
