import { decodeGoldenFrame } from "../../golden/frame-codec.ts";
import { FrameReader } from "../../src/frame-reader.ts";
import { WireError } from "../../src/wire-error.ts";
import { cut, mutate } from "./mutate.ts";
import { conversation, encodeAll, randomFrame } from "./random-frames.ts";
import type { Random } from "./random.ts";

/** Throws when the reader or a decoder throws anything but a named error, or hands on more bytes than came. */
export function attackParser(random: Random): string {
  const role = random.oneOf(["dialler", "listener"] as const);
  const frames = encodeAll([
    ...conversation(random, role),
    ...Array.from({ length: random.below(4) }, () => randomFrame(random, role, 8)),
  ]);
  const { how, bytes } = mutate(random, frames);
  let handedBytes = 0;
  const reader = new FrameReader({
    onFrame: (type, flags, streamId, buffer, start, end) => {
      handedBytes += end - start;
      if (start < 0 || end > buffer.length || end < start) throw new Error("a frame outside its buffer");
      decodeGoldenFrame(type, flags, streamId, buffer, start, end);
    },
    onDataPiece: (_flags, _streamId, piece) => {
      handedBytes += piece.length;
    },
  });
  reader.maxPayloadBytes = 262_144;
  try {
    for (const chunk of cut(random, bytes)) reader.push(chunk);
  } catch (error) {
    if (!(error instanceof WireError) || error.message === "") throw error;
  }
  if (handedBytes > bytes.length) throw new Error("more was handed on than came");
  return how;
}
