import { decodeCancel, decodeGoaway, decodeModels, decodePing, decodeReject, decodeSlot, decodeWindowUpdate } from "../src/decode-frames.ts";
import { decodeCall, decodeHttpRequest, decodeHttpResponse, decodeResult, decodeTrailers, readHeadEnd } from "../src/decode-heads.ts";
import {
  encodeCancel,
  encodeData,
  encodeGoaway,
  encodeHello,
  encodeModels,
  encodePing,
  encodeReject,
  encodeSlot,
  encodeTaken,
  encodeWindowUpdate,
} from "../src/encode-frames.ts";
import { REQUEST_FIXED_BYTES, encodeRequest } from "../src/encode-request.ts";
import { ANSWER_FIXED_BYTES, encodeResponse, encodeTrailers } from "../src/encode-answer.ts";
import { FLAG_END, FrameType } from "../src/frame-types.ts";
import type { Cancel, CallHead, HttpRequestHead, HttpResponseHead, Reject, ResultHead, Slot, Trailers } from "../src/heads.ts";
import type { Hello } from "../src/hello.ts";
import { readHello } from "../src/hello.ts";
import { OutBuffer } from "../src/out-buffer.ts";

/** A whole frame as plain data, bodies in hex: what the golden files hold and what the property tests generate. */
export type GoldenFrame =
  | { readonly type: "HELLO" | "WELCOME"; readonly hello: Hello }
  | { readonly type: "PING" | "PONG"; readonly low: number; readonly high: number }
  | { readonly type: "GOAWAY"; readonly lastId: number; readonly code: number; readonly text: string }
  | { readonly type: "WINDOW_UPDATE"; readonly streamId: number; readonly bytes: number }
  | { readonly type: "SLOT"; readonly slot: Slot }
  | { readonly type: "MODELS"; readonly modelIds: readonly string[] }
  | { readonly type: "TAKEN"; readonly streamId: number }
  | { readonly type: "HTTP_REQUEST"; readonly streamId: number; readonly end: boolean; readonly head: HttpRequestHead; readonly body: string }
  | { readonly type: "CALL"; readonly streamId: number; readonly end: boolean; readonly head: CallHead; readonly body: string }
  | { readonly type: "HTTP_RESPONSE"; readonly streamId: number; readonly end: boolean; readonly head: HttpResponseHead; readonly body: string }
  | {
      readonly type: "RESULT";
      readonly streamId: number;
      readonly end: boolean;
      readonly head: Omit<ResultHead, "error"> & { readonly error?: ResultHead["error"] };
      readonly body: string;
    }
  | { readonly type: "DATA"; readonly streamId: number; readonly end: boolean; readonly body: string }
  | {
      readonly type: "TRAILERS";
      readonly streamId: number;
      readonly trailers: Omit<Trailers, "error"> & { readonly error?: Trailers["error"] };
    }
  | { readonly type: "CANCEL"; readonly streamId: number; readonly cancel: Cancel }
  | { readonly type: "REJECT"; readonly streamId: number; readonly reject: Reject };

const MAX_PAYLOAD_BYTES = 1_048_576;

const out = new OutBuffer();

/** The bytes of a frame. */
export function encodeGoldenFrame(frame: GoldenFrame): Buffer {
  switch (frame.type) {
    case "HELLO":
      encodeHello(out, FrameType.hello, frame.hello);
      break;
    case "WELCOME":
      encodeHello(out, FrameType.welcome, frame.hello);
      break;
    case "PING":
      encodePing(out, FrameType.ping, frame.low, frame.high);
      break;
    case "PONG":
      encodePing(out, FrameType.pong, frame.low, frame.high);
      break;
    case "GOAWAY":
      encodeGoaway(out, frame.lastId, frame.code, frame.text);
      break;
    case "WINDOW_UPDATE":
      encodeWindowUpdate(out, frame.streamId, frame.bytes);
      break;
    case "SLOT":
      encodeSlot(out, frame.slot);
      break;
    case "MODELS":
      encodeModels(out, frame.modelIds, MAX_PAYLOAD_BYTES);
      break;
    case "TAKEN":
      encodeTaken(out, frame.streamId);
      break;
    case "HTTP_REQUEST":
    case "CALL":
      encodeRequest(out, frame.streamId, frame.head, Buffer.from(frame.body, "hex"), frame.end, MAX_PAYLOAD_BYTES);
      break;
    case "HTTP_RESPONSE":
      encodeResponse(out, frame.streamId, frame.head, Buffer.from(frame.body, "hex"), frame.end, MAX_PAYLOAD_BYTES);
      break;
    case "RESULT": {
      const head = { ...frame.head, error: frame.head.error };
      encodeResponse(out, frame.streamId, head, Buffer.from(frame.body, "hex"), frame.end, MAX_PAYLOAD_BYTES);
      break;
    }
    case "DATA":
      encodeData(out, frame.streamId, Buffer.from(frame.body, "hex"), frame.end);
      break;
    case "TRAILERS":
      encodeTrailers(out, frame.streamId, { ...frame.trailers, error: frame.trailers.error }, MAX_PAYLOAD_BYTES);
      break;
    case "CANCEL":
      encodeCancel(out, frame.streamId, frame.cancel.code, frame.cancel.text);
      break;
    case "REJECT":
      encodeReject(out, frame.streamId, frame.reject);
  }
  const bytes = Buffer.concat(out.take(Infinity));
  out.recycle();
  return bytes;
}

/** The frame of a payload in [start, end). */
export function decodeGoldenFrame(type: number, flags: number, streamId: number, buffer: Buffer, start: number, end: number): GoldenFrame {
  const isEnd = (flags & FLAG_END) !== 0;
  const bodyFrom = (headEnd: number): string => buffer.toString("hex", headEnd, end);
  switch (type) {
    case FrameType.hello:
      return { type: "HELLO", hello: readHello(buffer, start, end) };
    case FrameType.welcome:
      return { type: "WELCOME", hello: readHello(buffer, start, end) };
    case FrameType.ping:
      return { type: "PING", ...decodePing(buffer, start, end) };
    case FrameType.pong:
      return { type: "PONG", ...decodePing(buffer, start, end) };
    case FrameType.goaway:
      return { type: "GOAWAY", ...decodeGoaway(buffer, start, end) };
    case FrameType.windowUpdate:
      return { type: "WINDOW_UPDATE", streamId, bytes: decodeWindowUpdate(buffer, start, end) };
    case FrameType.slot:
      return { type: "SLOT", slot: decodeSlot(buffer, start, end) };
    case FrameType.models:
      return { type: "MODELS", modelIds: decodeModels(buffer, start, end) };
    case FrameType.taken:
      return { type: "TAKEN", streamId };
    case FrameType.httpRequest: {
      const headEnd = readHeadEnd(buffer, start, end, REQUEST_FIXED_BYTES);
      return { type: "HTTP_REQUEST", streamId, end: isEnd, head: decodeHttpRequest(buffer, start, headEnd), body: bodyFrom(headEnd) };
    }
    case FrameType.call: {
      const headEnd = readHeadEnd(buffer, start, end, REQUEST_FIXED_BYTES);
      return { type: "CALL", streamId, end: isEnd, head: decodeCall(buffer, start, headEnd), body: bodyFrom(headEnd) };
    }
    case FrameType.httpResponse: {
      const headEnd = readHeadEnd(buffer, start, end, ANSWER_FIXED_BYTES);
      return { type: "HTTP_RESPONSE", streamId, end: isEnd, head: decodeHttpResponse(buffer, start, headEnd), body: bodyFrom(headEnd) };
    }
    case FrameType.result: {
      const headEnd = readHeadEnd(buffer, start, end, ANSWER_FIXED_BYTES);
      return { type: "RESULT", streamId, end: isEnd, head: decodeResult(buffer, start, headEnd), body: bodyFrom(headEnd) };
    }
    case FrameType.data:
      return { type: "DATA", streamId, end: isEnd, body: bodyFrom(start) };
    case FrameType.trailers:
      return { type: "TRAILERS", streamId, trailers: decodeTrailers(buffer, start, readHeadEnd(buffer, start, end, ANSWER_FIXED_BYTES)) };
    case FrameType.cancel:
      return { type: "CANCEL", streamId, cancel: decodeCancel(buffer, start, end) };
    case FrameType.reject:
      return { type: "REJECT", streamId, reject: decodeReject(buffer, start, end) };
    default:
      throw new Error(`no golden form for frame type ${type}`);
  }
}
